"""Turn a query over one schema into a template: the same SQL with typed slots for names and values.

Each name and each compared literal of the qualified tree is replaced by the mark of its slot; the
marks are numbered once the tree is text again, in the order in which a person reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from .compared_values import compared_values, is_position
from .grouping import complete_grouping, refuse_hidden_order
from .outputs import (
    defining_output,
    feeds,
    handed_on,
    is_plain_column,
    order_by_outputs,
    source_of,
)
from .parsing import parse
from .qualified import UnsupportedSeed, is_explicit, qualified
from .render import render
from .schema import ColumnType, Schema
from .slots import Slots, is_mark

_SLOT_OF_TYPE = {
    ColumnType.INTEGER: "number_",
    ColumnType.DECIMAL: "number_",
    ColumnType.FLOAT: "number_",
    ColumnType.TEXT: "text_",
    ColumnType.DATE: "date_",
    ColumnType.TIMESTAMP: "date_",
    ColumnType.TIMESTAMPTZ: "date_",
    ColumnType.BOOLEAN: "flag_",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A query with slots for names and values; ``seed`` names the query it was made from."""

    sql: str
    dialect: str
    seed: str


def abstract(sql: str, schema: Schema, dialect: str, seed: str) -> Template:
    """Return the template of ``sql``, a query of ``dialect`` over ``schema``.

    Slots are ``table_1 AS t1``, ``t1.number_1`` (``text``, ``date``, ``flag``; ``key`` for primary and
    foreign keys), ``cte_1 AS c1``, ``sub_1``, ``out_1`` for outputs, ``:value_1`` for literals compared
    with data and ``:pattern_1`` for patterns. All aliases of a table share its slot, and a column has
    one name wherever it occurs. Other literals stay, as do bounds on ranks. A grouped query groups by all
    the columns it shows. Raises ``UnsupportedSeed``.
    """
    try:
        tree = qualified(sql, schema, dialect)
        template = _Abstraction(tree, schema).sql(dialect)
        parse(template, dialect)
    except SqlglotError as error:
        raise UnsupportedSeed(str(error).splitlines()[0]) from error
    return Template(template, dialect, seed)


class _Abstraction:
    """Collects a new name for each identifier while the tree is still whole, then renames them all."""

    def __init__(self, tree: exp.Query, schema: Schema) -> None:
        self._tree = tree
        self.slots = Slots()
        self._column_slots = _column_slots(schema)
        self._renames: dict[int, tuple[exp.Expr, str]] = {}
        self._needless: list[exp.Expr] = []
        self._positions: set[int] = set()
        self._ordering = order_by_outputs(tree)
        complete_grouping(tree)
        refuse_hidden_order(tree)
        self._scopes = traverse_scope(tree)

    def sql(self, dialect: str) -> str:
        for scope in self._scopes:
            self._name_sources(scope)
            self._name_columns(scope)
            if isinstance(scope.expression, exp.Select):
                self._name_outputs(scope, scope.expression)
        self._mark_values()
        for projection in self._needless:
            _drop_alias(projection)
        for identifier, mark in self._renames.values():
            identifier.replace(exp.Identifier(this=mark, quoted=False))
        if not all(is_mark(identifier.name) for identifier in self._tree.find_all(exp.Identifier)):
            raise UnsupportedSeed("a name that is no table, column or alias")
        return self.slots.number(render(self._tree, dialect))

    def _rename(self, identifier: exp.Expr, prefix: str, key: object, within: object = None) -> None:
        self._renames[id(identifier)] = identifier, self.slots.mark(prefix, key, within)

    def _name_sources(self, scope: Scope) -> None:
        for node, source in scope.selected_sources.values():
            if isinstance(node, exp.Table):
                prefix, key = _table_slot(node, source)
                self._rename(node.this, prefix, key)
            self._rename(_alias_of(node), _alias_prefix(node, source), id(node))
        for cte in scope.ctes:
            self._rename(cte.args["alias"].this, "cte_", id(cte.this.unnest()))

    def _name_columns(self, scope: Scope) -> None:
        stars = [star for star in scope.stars if isinstance(star, exp.Column)]
        for column in [column for column in scope.columns + stars if column.table]:
            node, source = source_of(scope, column.table)
            self._rename(column.args["table"], _alias_prefix(node, source), id(node))
            if isinstance(source, Scope) and not column.is_star:
                self._name_handed_on(column, source)
            elif not column.is_star:
                prefix = self._column_slots.get((node.name, column.name))
                if prefix is None:
                    raise UnsupportedSeed("a column of a type without slots")
                self._rename(column.this, prefix, column.name, within=node.name)

    def _name_handed_on(self, column: exp.Column, source: Scope) -> None:
        select, projection = defining_output(source, column.name)
        self._rename(column.this, "out_", (id(select), projection.alias_or_name))
        if is_position(projection.unalias()):
            self._positions.add(id(column))

    def _name_outputs(self, scope: Scope, select: exp.Select) -> None:
        ordering = {column.name: column for column, owner in self._ordering if owner is select}
        for projection in select.selects:
            name = projection.alias_or_name
            alias = projection.args.get("alias")
            if name in ordering:
                self._rename(ordering[name].this, "out_", (id(select), name))
            if alias and name not in ordering and not _keeps_alias(projection, scope, feeds(select)):
                self._needless.append(projection)
            elif alias:
                identifier = alias.this if isinstance(alias, exp.TableAlias) else alias
                self._rename(identifier, "out_", (id(select), name))

    def _mark_values(self) -> None:
        """Let a literal that is compared with the same thing twice, as in ``GROUP BY CASE``, be one value."""
        found = [
            (literal, f"{kind}_", (literal.sql(), operand.sql(), self._columns_of(operand)))
            for kind, operand, literal in compared_values(self._tree)
            if id(operand) not in self._positions
        ]
        for literal, prefix, key in found:
            literal.replace(exp.Placeholder(this=self.slots.mark(prefix, key)))

    def _columns_of(self, operand: exp.Expr) -> tuple[str, ...]:
        identifiers = (id(column.this) for column in operand.find_all(exp.Column))
        return tuple(self._renames[each][1] for each in identifiers if each in self._renames)


def _table_slot(node: exp.Table, source: exp.Table | Scope) -> tuple[str, object]:
    return ("cte_", id(source.expression)) if isinstance(source, Scope) else ("table_", node.name)


def _alias_prefix(node: exp.Expr, source: exp.Table | Scope) -> str:
    if not isinstance(node, exp.Table):
        return "sub_"
    return "c" if isinstance(source, Scope) else "t"


def _alias_of(node: exp.Expr) -> exp.Expr:
    """Return the alias of a table or, around the query of a derived table, the alias of that."""
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        identifier: exp.Expr = alias.this
        return identifier
    if node.parent is None:
        raise UnsupportedSeed("a derived table without an alias")
    return _alias_of(node.parent)


def _keeps_alias(projection: exp.Expr, scope: Scope, use: str) -> bool:
    if use == "result":
        return is_explicit(projection) or not is_plain_column(projection)
    return use == "source" and handed_on(projection, scope) is None


def _drop_alias(projection: exp.Expr) -> None:
    if isinstance(projection, exp.Alias):
        projection.replace(projection.this)
    else:
        projection.set("alias", None)


@lru_cache(maxsize=256)
def _column_slots(schema: Schema) -> dict[tuple[str, str], str]:
    slots = {
        (table.name.lower(), column.name.lower()): _SLOT_OF_TYPE[column.type]
        for table in schema.tables
        for column in table.columns
        if column.type in _SLOT_OF_TYPE
    }
    return slots | dict.fromkeys(_keys(schema), "key_")


def _keys(schema: Schema) -> Iterator[tuple[str, str]]:
    for table in schema.tables:
        own = [*table.primary_key, *(column for key in table.foreign_keys for column in key.columns)]
        yield from ((table.name.lower(), column.lower()) for column in own)
        for key in table.foreign_keys:
            yield from ((key.referred_table.lower(), column.lower()) for column in key.referred_columns)
