"""ORDER BY, OFFSET and FETCH.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html (order_by_clause, row_limiting_clause)
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from ..session import UnsupportedError
from .kinds import OracleError, Value, unknown_identifier
from .scope import spelt

if TYPE_CHECKING:
    from .queries import Query


def finished(node: exp.Expr, body: "Query") -> "Query":
    """Return a set operation or a parenthesised query ordered and cut by its own clauses."""
    if not any(node.args.get(clause) for clause in ("order", "limit", "offset")):
        return body
    names = [name for name, _ in body.columns]

    def term(target: exp.Expr) -> str | None:
        if isinstance(target, exp.Column) and not target.args.get("table"):
            if spelt(target.this) in names:
                return str(names.index(spelt(target.this)) + 1)
            raise unknown_identifier(spelt(target.this))
        raise OracleError("ORA-01785", "ORDER BY item must be the number of a SELECT-list expression")

    terms = order_terms(node.args.get("order"), len(names), term)
    columns = ", ".join(f"c{n}" for n in range(1, len(names) + 1))
    ordered = f"SELECT {columns} FROM ({body.sql}) q{order_clause(terms)}"
    return body._replace(sql=cut(ordered, node, bool(terms), columns))


def order_terms(order: exp.Order | None, width: int, term: Callable[[exp.Expr], str | None]) -> list[str]:
    """Return the terms of an ORDER BY: a position stays one, ``term`` says the rest (None for a constant)."""
    terms = []
    for ordered in order.expressions if order else []:
        target = ordered.this
        if isinstance(target, exp.Literal) and not target.is_string:
            if not target.is_int or not 1 <= int(target.name) <= width:
                raise OracleError("ORA-01785", "ORDER BY item must be the number of a SELECT-list expression")
            said: str | None = target.name
        else:
            said = term(target)
        if said is not None:
            terms.append(said + direction(ordered))
    return terms


def direction(ordered: exp.Ordered, reverse: bool = False) -> str:
    """Return the direction of an ORDER BY term; NULLs come last or, descending, first, unless it is said otherwise."""
    descending = bool(ordered.args.get("desc")) != reverse
    nulls_first = bool(ordered.args.get("nulls_first")) != reverse
    return f"{' DESC' if descending else ''} NULLS {'FIRST' if nulls_first else 'LAST'}"


def order_clause(terms: list[str]) -> str:
    """Return the ORDER BY clause, or nothing."""
    return f" ORDER BY {', '.join(terms)}" if terms else ""


def cut(sql: str, node: exp.Expr, is_ordered: bool, columns: str) -> str:
    """Return an ordered query cut by the OFFSET and FETCH clauses of ``node``."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    skipped = f" OFFSET {_count(offset.expression)}" if offset else ""
    if not limit:
        return sql + skipped
    if not isinstance(limit, exp.Fetch):
        raise OracleError("ORA-00933", "SQL command not properly ended")
    options = limit.args.get("limit_options") or exp.LimitOptions()
    count = _count(limit.args.get("count") or exp.Literal.number(1))
    ties = options.args.get("with_ties") and is_ordered
    if options.args.get("percent"):
        if ties or offset:
            raise UnsupportedError("FETCH of a percentage WITH TIES or after OFFSET")
        return _share(sql, count, columns)
    return f"{sql}{skipped} FETCH FIRST {count} ROWS {'WITH TIES' if ties else 'ONLY'}"


def _share(sql: str, percent: str, columns: str) -> str:
    """Return the first ``percent`` of the rows, rounded up to whole ones."""
    numbered = f"SELECT p.*, row_number() OVER () AS n, count(*) OVER () AS total FROM ({sql}) p"
    return f"SELECT {columns} FROM ({numbered}) p WHERE n <= ceil(total * {percent} / 100.0) ORDER BY n"


def _count(node: exp.Expr) -> str:
    if not isinstance(node, exp.Literal) or not node.name.isdigit():
        raise UnsupportedError("a computed number of rows")
    return node.name


def named_term(target: exp.Expr, items: list[tuple[str, Value]]) -> str | None:
    """Return the position of the select item that an ORDER BY term names, None if it names none."""
    if not isinstance(target, exp.Column) or target.args.get("table"):
        return None
    places = [n for n, (name, _) in enumerate(items, 1) if name == spelt(target.this)]
    if len({items[place - 1][1].sql for place in places}) > 1:
        raise OracleError("ORA-00960", "ambiguous column naming in select list")
    return str(places[0]) if places else None
