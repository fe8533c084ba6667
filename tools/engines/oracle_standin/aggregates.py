"""Aggregate functions, as such; ``windows`` has them with OVER.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Aggregate-Functions.html
"""

from collections.abc import Iterator

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import to_kind
from .kinds import DATETIMES, NUMBERS, POSTGRES_TYPES, Kind, OracleError, Value, inconsistent
from .scope import Scope
from .values import value

# Aggregates of one number: PostgreSQL's text for them.
_OF_A_NUMBER = {
    "SUM": "sum",
    "MEDIAN": "oracle.median",
    "STDDEV_POP": "stddev_pop",
    "STDDEV_SAMP": "stddev_samp",
    "VAR_POP": "var_pop",
    "VAR_SAMP": "var_samp",
}
# With one row these are 0, where PostgreSQL's are NULL.
_ZERO_OF_ONE = {"STDDEV": "stddev_samp", "VARIANCE": "var_samp"}
_OF_TWO = {
    "CORR": "corr", "COVAR_POP": "covar_pop", "COVAR_SAMP": "covar_samp", "REGR_SLOPE": "regr_slope",
    "REGR_INTERCEPT": "regr_intercept", "REGR_R2": "regr_r2", "REGR_COUNT": "regr_count", "REGR_AVGX": "regr_avgx",
    "REGR_AVGY": "regr_avgy", "REGR_SXX": "regr_sxx", "REGR_SYY": "regr_syy", "REGR_SXY": "regr_sxy",
}  # fmt: skip
_ORDERED = ("LISTAGG", "PERCENTILE_CONT", "PERCENTILE_DISC")
_EVERY = ("COUNT", "MIN", "MAX", "AVG", "STATS_MODE", *_OF_A_NUMBER, *_ZERO_OF_ONE, *_OF_TWO)
_NOT_HERE = (
    "COLLECT",
    "XMLAGG",
    "JSON_ARRAYAGG",
    "JSON_OBJECTAGG",
    "APPROX_COUNT_DISTINCT",
    "APPROX_MEDIAN",
    "CORR_S",
    "CORR_K",
)
AGGREGATES = frozenset((*_EVERY, *_ORDERED, *_NOT_HERE))


def is_aggregate(node: exp.Expr) -> bool:
    """Say whether a node is an aggregate of its block's groups: one that no OVER makes a window function."""
    if isinstance(node, exp.Anonymous) and node.name.upper() in AGGREGATES:
        return not isinstance(node.parent, exp.Window | exp.WithinGroup)
    if isinstance(node, exp.WithinGroup):
        return not isinstance(node.parent, exp.Window)
    return isinstance(node, exp.Window) and node.args.get("over") == "KEEP" and not isinstance(node.parent, exp.Window)


def aggregates_in(node: exp.Expr) -> list[exp.Expr]:
    """Return the outermost aggregates of a block's select list, HAVING and ORDER BY, or of an expression."""
    if isinstance(node, exp.Select):
        clauses = [node.args[clause] for clause in ("having", "order") if node.args.get(clause)]
        return [found for part in (*node.expressions, *clauses) for found in aggregates_in(part)]
    return list(_outermost(node))


def _outermost(node: exp.Expr) -> Iterator[exp.Expr]:
    if is_aggregate(node):
        yield node
    elif not isinstance(node, exp.Query):
        for child in node.iter_expressions():
            yield from _outermost(child)


def has_nested(node: exp.Select) -> bool:
    """Say whether a grouped block aggregates aggregates; raises ``OracleError`` if it has no groups to."""
    nested = any(aggregates_in(child) for each in aggregates_in(node) for child in each.iter_expressions())
    if nested and not node.args.get("group"):
        raise OracleError("ORA-00978", "nested group function without GROUP BY")
    return nested


def check_place(scope: Scope) -> None:
    """Raise ``OracleError`` where an aggregate may not stand."""
    if scope.clause in ("where", "group", "on", "connect"):
        raise OracleError("ORA-00934", "group function is not allowed here")


def aggregate(node: exp.Anonymous, scope: Scope, over: str = "") -> Value:
    """Return an aggregate of a group or, with ``over``, of a window."""
    name, arguments = node.name.upper(), node.expressions
    if name in _NOT_HERE or name in _ORDERED:
        if name in ("PERCENTILE_CONT", "PERCENTILE_DISC"):
            raise OracleError("ORA-02000", "missing WITHIN keyword")
        raise UnsupportedError(f"the stand-in has no {name} of this form")
    if name == "COUNT":
        return _count(node, scope, over)
    if len(arguments) != (2 if name in _OF_TWO else 1):
        raise OracleError("ORA-00909", "invalid number of arguments")
    if name in _OF_TWO:
        said = ", ".join(f"({to_kind(value(each, scope), Kind.NUMBER)})::float8" for each in arguments)
        return Value(f"({_OF_TWO[name]}({said}){over})::numeric", Kind.NUMBER)
    distinct, argument = _argument(arguments[0], scope)
    if name in ("MIN", "MAX"):
        return Value(f"({name.lower()}({argument.sql}){over})", argument.kind)
    if name == "STATS_MODE":
        if over:
            raise UnsupportedError("STATS_MODE with OVER")
        return Value(f"mode() WITHIN GROUP (ORDER BY {argument.sql})", argument.kind)
    return _of_number(name, distinct, argument, over)


def _argument(node: exp.Expr, scope: Scope) -> tuple[str, Value]:
    if isinstance(node, exp.Star):
        raise OracleError("ORA-00936", "missing expression")
    if isinstance(node, exp.Distinct):
        return "DISTINCT ", value(node.expressions[0], scope)
    return "", value(node, scope)


def _count(node: exp.Anonymous, scope: Scope, over: str) -> Value:
    if not node.expressions:
        raise OracleError("ORA-00909", "invalid number of arguments")
    arguments = node.expressions[0].expressions if isinstance(node.expressions[0], exp.Distinct) else node.expressions
    if len(arguments) != 1:
        raise OracleError("ORA-00909", "invalid number of arguments")
    if isinstance(arguments[0], exp.Star):
        return Value(f"(count(*){over})", Kind.NUMBER)
    distinct, argument = _argument(node.expressions[0], scope)
    return Value(f"(count({distinct}{argument.sql}){over})", Kind.NUMBER)


def _of_number(name: str, distinct: str, argument: Value, over: str) -> Value:
    if name == "MEDIAN" and argument.kind in DATETIMES:
        raise UnsupportedError("MEDIAN of dates")
    if argument.kind not in (*NUMBERS, Kind.TEXT, Kind.NULL):
        raise inconsistent(Kind.NUMBER, argument.kind)
    kind = Kind.DOUBLE if argument.kind is Kind.DOUBLE else Kind.NUMBER
    said = f"{distinct}({to_kind(argument, kind)})::{POSTGRES_TYPES[kind]}"
    if name == "AVG":
        if kind is Kind.DOUBLE:
            return Value(f"(avg({said}){over})", kind)
        return Value(f"oracle.divide(sum({said}){over}, nullif(count({said}){over}, 0))", kind)
    if name in _ZERO_OF_ONE:
        return Value(f"(CASE count({said}){over} WHEN 1 THEN 0 ELSE {_ZERO_OF_ONE[name]}({said}){over} END)", kind)
    if name == "MEDIAN" and (distinct or kind is Kind.DOUBLE):
        raise UnsupportedError("MEDIAN of BINARY_DOUBLE or of distinct values")
    return Value(f"({_OF_A_NUMBER[name]}({said}){over})", kind)
