"""Functions whose kinds or texts depend on their arguments.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Functions.html
"""

from collections.abc import Callable

from sqlglot import exp

from . import regexps
from .conversion import common_kind, to_kind
from .formatted import FORMATTED, values_of
from .kinds import NUMBERS, Kind, OracleError, Value
from .scope import Scope
from .values import case


def _nvl(node: exp.Anonymous, scope: Scope) -> Value:
    """NVL: the second value becomes the kind of the first."""
    first, second = values_of(node, scope, 2, 2)
    kind = _leading_kind(first, second)
    return Value(f"coalesce({to_kind(first, kind)}, {to_kind(second, kind)})", kind)


def _leading_kind(first: Value, *others: Value) -> Kind:
    if first.kind in NUMBERS and any(other.kind is Kind.DOUBLE for other in others):
        return Kind.DOUBLE
    if first.kind is Kind.NULL:
        return next((other.kind for other in others if other.kind is not Kind.NULL), Kind.NULL)
    return first.kind


def _nvl2(node: exp.Anonymous, scope: Scope) -> Value:
    tested, second, third = values_of(node, scope, 3, 3)
    kind = _leading_kind(second, third)
    said = f"(CASE WHEN {tested.sql} IS NOT NULL THEN {to_kind(second, kind)} ELSE {to_kind(third, kind)} END)"
    return Value(said, kind)


def _coalesce(node: exp.Anonymous, scope: Scope) -> Value:
    arguments = values_of(node, scope, 2, None)
    kind = common_kind([each.kind for each in arguments])
    return Value(f"coalesce({', '.join(to_kind(each, kind) for each in arguments)})", kind)


def _nullif(node: exp.Anonymous, scope: Scope) -> Value:
    first, second = values_of(node, scope, 2, 2)
    kind = common_kind([first.kind, second.kind])
    if first.kind is Kind.NULL:
        raise OracleError("ORA-00932", "inconsistent datatypes: expected - got CHAR")
    return Value(f"nullif({to_kind(first, kind)}, {to_kind(second, kind)})", kind)


def _decode(node: exp.Anonymous, scope: Scope) -> Value:
    """DECODE: NULL equals NULL; values are searched as the kind of the first, returned as the kind of the first."""
    tested, *rest = values_of(node, scope, 3, None)
    pairs = [(rest[n], rest[n + 1]) for n in range(0, len(rest) - 1, 2)]
    default = rest[-1] if len(rest) % 2 else None
    returned = [result for _, result in pairs] + ([default] if default else [])
    kind = Kind.TEXT if returned[0].kind is Kind.NULL else _leading_kind(*returned)
    searched = Kind.TEXT if pairs[0][0].kind is Kind.NULL else pairs[0][0].kind
    if searched is Kind.TEXT and tested.kind not in (Kind.TEXT, Kind.NULL) and pairs[0][0].kind is Kind.NULL:
        searched = tested.kind
    left = to_kind(tested, searched)
    branches = [
        (f"{left} IS NOT DISTINCT FROM {to_kind(search, searched)}", Value(to_kind(result, kind), kind))
        for search, result in pairs
    ]
    return case(branches, Value(to_kind(default, kind), kind) if default else None)


def _extreme(function: str) -> Callable[[exp.Anonymous, Scope], Value]:
    """GREATEST and LEAST: NULL if any value is; all values become the kind of the first."""

    def said(node: exp.Anonymous, scope: Scope) -> Value:
        arguments = values_of(node, scope, 1, None)
        kind = _leading_kind(*arguments)
        texts = [to_kind(each, kind) for each in arguments]
        nulls = " OR ".join(f"{text} IS NULL" for text in texts)
        return Value(f"(CASE WHEN {nulls} THEN NULL ELSE {function}({', '.join(texts)}) END)", kind)

    return said


def _regexp(node: exp.Anonymous, scope: Scope) -> Value:
    """REGEXP_COUNT, REGEXP_INSTR, REGEXP_REPLACE and REGEXP_SUBSTR."""
    return regexps.call(node.name.upper(), values_of(node, scope, 2, 7))


def _grouping(node: exp.Anonymous, scope: Scope) -> Value:
    """GROUPING of one key; GROUPING_ID of several is the same with more digits."""
    arguments = values_of(node, scope, 1, 1 if node.name.upper() == "GROUPING" else None)
    return Value(f"grouping({', '.join(each.sql for each in arguments)})", Kind.NUMBER)


SPECIAL: dict[str, Callable[[exp.Anonymous, Scope], Value]] = {
    "NVL": _nvl,
    "NVL2": _nvl2,
    "COALESCE": _coalesce,
    "NULLIF": _nullif,
    "DECODE": _decode,
    "GREATEST": _extreme("greatest"),
    "LEAST": _extreme("least"),
    **dict.fromkeys(regexps.FUNCTIONS, _regexp),
    **FORMATTED,
    "GROUPING": _grouping,
    "GROUPING_ID": _grouping,
}
