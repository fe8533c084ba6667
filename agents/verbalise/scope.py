"""What the names in a query stand for: entities (one noun per FROM item) and their columns' phrases."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from sqlglot import exp

from ...tools.schema import ForeignKey, Schema, Table
from .naming import Phrase, column_phrase, humanise, plural, singular, table_noun


class Unsayable(Exception):
    """The verbaliser has no faithful words for a construct; the candidate is rejected, never misphrased."""


@dataclass(slots=True)
class Entity:
    """One FROM item: the noun for its rows, a relative clause narrowing them, and its columns.

    ``keys`` are the columns that are unique in it (its grain), used to see which side of a join is single;
    ``single`` entities have one row, ``groups`` one per group; ``base`` entities are tables, ``in_role`` if
    called by the role in which another row refers to them, such as ``origin airport``.
    """

    noun: str
    columns: dict[str, Phrase]
    clause: str = ""
    keys: frozenset[str] = frozenset()
    single: bool = False
    groups: bool = False
    base: bool = False
    in_role: bool = False

    def many(self) -> str:
        """Return the plural noun with the narrowing clause."""
        return f"{plural(self.noun)} {self.clause}".strip()


@dataclass(slots=True)
class Scope:
    """The entities visible in one SELECT, the noun of its rows, and the query around it."""

    schema: Schema
    dialect: str
    rng: random.Random
    entities: dict[str, Entity] = field(default_factory=dict)
    ctes: dict[str, Entity] = field(default_factory=dict)
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    windows: dict[str, exp.Window] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    row_noun: str = "row"
    outer: "Scope | None" = None

    def inner(self) -> "Scope":
        """Return an empty scope for a subquery of this one."""
        return Scope(self.schema, self.dialect, self.rng, ctes=dict(self.ctes), outer=self)

    def rows(self) -> str:
        """Return the plural noun of the rows."""
        return plural(self.row_noun)

    def owner(self, column: exp.Column) -> tuple["Scope", str]:
        """Return the scope and alias that ``column`` belongs to; raises ``Unsayable`` if nothing has it."""
        for scope in self._outwards():
            for alias, entity in scope.entities.items():
                if column.table in ("", alias) and column.name in entity.columns:
                    return scope, alias
        raise Unsayable(f"unknown column {column.sql()}")

    def column(self, column: exp.Column) -> Phrase:
        """Return the phrase of a column, led by its entity's noun where it would be ambiguous."""
        scope, alias = self.owner(column)
        scope.mentioned.add(alias)
        entity = scope.entities[alias]
        phrase = entity.columns[column.name]
        rivals = [e for a, e in scope.entities.items() if a != alias]
        if rivals and entity.groups and entity.noun != scope.row_noun and column.name not in entity.keys:
            return phrase.of(f"{phrase.text} of its {entity.noun}")
        ambiguous = phrase.text in {p.text for e in rivals for p in e.columns.values()}
        vague = " " not in phrase.text and entity.noun != scope.row_noun
        return phrase.led_by(entity.noun) if rivals and (ambiguous or vague or entity.in_role) else phrase

    def _outwards(self) -> "Iterator[Scope]":
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


def base_entity(table: Table) -> Entity:
    """Return the entity of a base table."""
    return Entity(table_noun(table), dict(_phrases(table)), keys=frozenset(table.primary_key), base=True)


@cache
def _phrases(table: Table) -> tuple[tuple[str, Phrase], ...]:
    return tuple((column.name, column_phrase(column).from_(table.name, column.name)) for column in table.columns)


def foreign_key(schema: Schema, child: Phrase, parent: Phrase) -> ForeignKey | None:
    """Return the foreign key by which the column behind ``child`` refers to the one behind ``parent``."""
    if child.origin is None or parent.origin is None:
        return None
    for key in schema.table(child.origin[0]).foreign_keys:
        pairs = zip(key.columns, key.referred_columns, strict=True)
        if key.referred_table == parent.origin[0] and (child.origin[1], parent.origin[1]) in pairs:
            return key
    return None


def call_by_role(entity: Entity, noun: str) -> None:
    """Call a table's rows by the role in which another row refers to them."""
    if entity.base and entity.noun != noun:
        entity.noun, entity.in_role = noun, True


def role_of(key: ForeignKey, child: Phrase, schema: Schema) -> str:
    """Return the noun of the row that ``child``, a column of the key's table, refers to."""
    assert child.origin is not None
    return role_noun(schema, schema.table(child.origin[0]), key)


def role_noun(schema: Schema, child: Table, key: ForeignKey) -> str:
    """Return the noun of a referred row: its table's, led by the column's role if there are several keys to it."""
    noun = table_noun(schema.table(key.referred_table))
    same = [k for k in child.foreign_keys if k.referred_table == key.referred_table]
    if len(same) == 1 and key.referred_table != child.name:
        return noun
    role = humanise(key.columns[0]).removesuffix(" ID")
    return noun if singular(role) == noun else f"{role} {noun}"
