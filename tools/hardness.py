"""Spider's hardness of a query, computed on its syntax tree.

The definition is that of Spider's evaluation, https://github.com/taoyds/spider/blob/master/evaluation.py
(``eval_hardness``), with what it counts oddly: a negated condition counts as an aggregate, and so does each AND and
OR of HAVING, while the aggregates of HAVING do not; a query in FROM is a table like any other; of queries joined by
UNION, INTERSECT or EXCEPT only the first is looked into. Spider has no WITH: its queries are not looked into either.
"""

from collections.abc import Iterator
from enum import StrEnum

from sqlglot import exp
from sqlglot.errors import ParseError

from .dialects import get_dialect
from .parsing import parse


class Hardness(StrEnum):
    """How hard a query is, by the number of its clauses, conditions and nested queries."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXTRA = "extra"


def hardness(sql: str, dialect: str = "sqlite") -> Hardness:
    """Return Spider's hardness of a query.

    Raises ``sqlglot.errors.SqlglotError`` for what sqlglot cannot read as one query, ``UsageError`` for an unknown
    dialect.
    """
    try:
        tree = parse(sql, get_dialect(dialect).sqlglot)
    except RecursionError as error:
        raise ParseError("the query is nested too deeply to be read") from error
    if not isinstance(tree, exp.Query):
        raise ParseError("not a query")
    first = _first_select(tree)
    nested = _nested(first) + isinstance(tree.unnest(), exp.SetOperation)
    return _level(_clauses(first), nested, _multiples(first))


def _level(clauses: int, nested: int, multiples: int) -> Hardness:
    """Return what Spider makes of its three counts: component 1, component 2 and others."""
    if nested:
        return Hardness.HARD if (clauses <= 1 and not multiples and nested == 1) else Hardness.EXTRA
    if clauses <= 1 and not multiples:
        return Hardness.EASY
    if (clauses <= 1 and multiples <= 2) or (clauses <= 2 and multiples < 2):
        return Hardness.MEDIUM
    if (clauses <= 2 and multiples > 2) or (clauses == 3 and multiples <= 2):
        return Hardness.HARD
    return Hardness.EXTRA


def _first_select(tree: exp.Query) -> exp.Select:
    """Return the first SELECT of a query; raises ``ParseError`` where there is none, as in VALUES."""
    while not isinstance(tree, exp.Select):
        if not isinstance(tree.this, exp.Query):
            raise ParseError("not a query")
        tree = tree.this
    return tree


def _clauses(select: exp.Select) -> int:
    """Count component 1: WHERE, GROUP BY, ORDER BY, LIMIT, each further table, OR and LIKE."""
    kept = sum(select.args.get(clause) is not None for clause in ("where", "group", "order", "limit"))
    further_tables = len(select.args.get("joins") or ())
    conditions = (node for clause in _conditions(select) for node in _own(clause))
    return kept + further_tables + sum(isinstance(node, exp.Or | exp.Like | exp.ILike) for node in conditions)


def _nested(select: exp.Select) -> int:
    """Count component 2 without the set operation: the queries in conditions, not those inside them."""
    return sum(isinstance(node, exp.Query) for clause in _conditions(select) for node in _own(clause))


def _multiples(select: exp.Select) -> int:
    """Count what there is more than one of: aggregates, selected columns, conditions of WHERE, grouping keys."""
    where, group = select.args.get("where"), select.args.get("group")
    keys = group.expressions if group else []
    several = (
        _aggregates(select) > 1,
        len(select.selects) > 1,
        where is not None and _connectors(where) > 0,
        len(keys) > 1,
    )
    return sum(several)


def _aggregates(select: exp.Select) -> int:
    """Count aggregates as Spider does, with what it takes for them in conditions."""
    where, having = select.args.get("where"), select.args.get("having")
    clauses = filter(None, (*select.selects, select.args.get("group"), select.args.get("order")))
    called = sum(isinstance(node, exp.AggFunc) for clause in clauses for node in _own(clause))
    negated = sum(_is_negation(node) for clause in filter(None, (where, having)) for node in _own(clause))
    return called + negated + (_connectors(having) if having else 0)


def _is_negation(node: exp.Expr) -> bool:
    """Tell a negated condition, also from IS NOT: sqlglot reads that as a negated IS, Spider as an operator."""
    return isinstance(node, exp.Not) and not isinstance(node.this, exp.Is)


def _connectors(clause: exp.Expr) -> int:
    return sum(isinstance(node, exp.Connector) for node in _own(clause))


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions of the joins, of WHERE and of HAVING."""
    joined = (join.args.get("on") for join in select.args.get("joins") or ())
    yield from filter(None, (*joined, select.args.get("where"), select.args.get("having")))


def _own(clause: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the nodes of a clause, and the queries in it but nothing inside them."""
    return clause.walk(prune=lambda node: isinstance(node, exp.Query))
