"""Which names a query block knows: its relations, those of the blocks around it, and what pseudocolumns stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from sqlglot import exp

from ...dialects.oracle import ORACLE_RESERVED
from ..session import UnsupportedError
from .kinds import Kind, OracleError, Value, unknown_identifier


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of PostgreSQL: its name there, and for each of Oracle's columns the name there and the kind."""

    name: str
    columns: Mapping[str, tuple[str, Kind]]


Catalog = Mapping[str, StoredTable]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a relation; ``joined`` if JOIN ... USING merged it with another's."""

    name: str
    value: Value
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or subquery in FROM, under the name by which the block calls it."""

    name: str
    fields: tuple[Field, ...]

    def found(self, column: str) -> list[Field]:
        """Return the fields called ``column``: none, one, or several that cannot be told apart."""
        return [each for each in self.fields if each.name == column]

    def distinct(self) -> list[Field]:
        """Return the fields; raises ``OracleError`` if two have one name, since ``*`` would name them both."""
        if len({each.name for each in self.fields}) < len(self.fields):
            raise OracleError("ORA-00918", "column ambiguously defined")
        return list(self.fields)


@dataclass(frozen=True, slots=True)
class Cte:
    """A named query of a WITH clause: what PostgreSQL calls it, and its columns."""

    sql_name: str
    columns: tuple[tuple[str, Kind], ...]


@dataclass
class Scope:
    """What an expression of one query block may refer to; ``clause`` says where it stands."""

    catalog: Catalog
    fresh: Iterator[int] = field(default_factory=count)
    ctes: Mapping[str, Cte] = field(default_factory=dict)
    parent: "Scope | None" = None
    relations: tuple[Relation, ...] = ()
    merged: tuple[Field, ...] = ()
    pseudo: Mapping[str, Value] = field(default_factory=dict)
    computed: Mapping[str, Value] = field(default_factory=dict)
    prior: "Scope | None" = None
    inline: bool = False
    clause: str = "select"

    def named(self, prefix: str) -> str:
        """Return a name that nothing else in the statement has."""
        return f"{prefix}{next(self.fresh)}"

    def at(self, clause: str) -> "Scope":
        """Return this scope for another clause of the same block."""
        return replace(self, clause=clause)

    def inner(self, inline: bool = False) -> "Scope":
        """Return the scope of a subquery; ``inline`` if it stands in FROM, and so sees nothing of this block."""
        return Scope(self.catalog, self.fresh, self.ctes, self.parent if inline else self, inline=inline)

    def fields(self) -> Iterator[Field]:
        """Yield the columns that ``*`` stands for, in order."""
        yield from self.merged
        for relation in self.relations:
            yield from (each for each in relation.distinct() if not each.joined)

    def relation(self, name: str) -> Relation | None:
        """Return the relation that the block calls ``name``."""
        found = [each for each in self.relations if each.name == name]
        if len(found) > 1:
            raise OracleError("ORA-00918", "column ambiguously defined")
        return found[0] if found else None


def spelt(identifier: exp.Expr) -> str:
    """Return an identifier as Oracle keeps it: in upper case unless it was quoted.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html
    """
    return identifier.name if identifier.args.get("quoted") else identifier.name.upper()


def named(identifier: exp.Expr, code: str, message: str) -> str:
    """Return a name the statement gives or uses; raises ``OracleError`` for an unquoted reserved word."""
    if not identifier.args.get("quoted") and identifier.name.lower() in ORACLE_RESERVED:
        raise OracleError(code, message)
    return spelt(identifier)


def resolve(column: exp.Column, scope: Scope) -> Value:
    """Return what a column reference stands for; raises ``OracleError`` if it is unknown or ambiguous."""
    if column.args.get("db"):
        raise UnsupportedError("a column qualified by its schema")
    name, table = spelt(column.this), spelt(column.args["table"]) if column.args.get("table") else None
    crossed = False
    here: Scope | None = scope
    while here:
        found = _found(name, table, here)
        if found and crossed:
            raise UnsupportedError("a subquery in FROM that refers to the query around it")
        if found:
            return found
        crossed, here = crossed or here.inline, here.parent
    raise unknown_identifier(*([table] if table else []), name)


def is_local(column: exp.Column, scope: Scope) -> bool:
    """Say whether a column belongs to the block itself, not to one around it."""
    name, table = spelt(column.this), spelt(column.args["table"]) if column.args.get("table") else None
    return _found(name, table, scope) is not None


def _found(name: str, table: str | None, scope: Scope) -> Value | None:
    if table:
        relation = scope.relation(table)
        return _only(relation.found(name), name) if relation else None
    if merged := [each for each in scope.merged if each.name == name]:
        return merged[0].value
    fields = [each for relation in scope.relations for each in relation.found(name)]
    if len(fields) > 1:
        raise OracleError("ORA-00918", f'"{name}": column ambiguously defined')
    return fields[0].value if fields else scope.pseudo.get(name)


def _only(fields: list[Field], name: str) -> Value | None:
    if len(fields) > 1:
        raise OracleError("ORA-00918", f'"{name}": column ambiguously defined')
    if fields and fields[0].joined:
        raise OracleError("ORA-25154", "column part of USING clause cannot have qualifier")
    return fields[0].value if fields else None
