"""Which items are meant: an expression in Python's syntax, compiled to SQL and never evaluated.

As in Python texts are compared with their case, and ``and``, ``or`` and ``not`` know two answers: what is missing
(None) equals only None, and is neither less nor greater than anything.
"""

import ast
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Literal

from ...tools.errors import UsageError

Kind = Literal["number", "text", "time", "truth", "nothing"]

NAMES: dict[str, tuple[str, Kind]] = {
    "item": ("item", "number"),
    "status": ("status", "text"),
    "reason": ("reason", "text"),
    "outcome": ("outcome", "text"),
    "error": ("error_class", "text"),
    "attempts": ("attempts", "number"),
    "repaired": ("repaired", "truth"),
    "steps": ("steps", "number"),
    "model": ("model", "text"),
    "tokens": ("tokens", "number"),
    "cost": ("cost", "number"),
    "seconds": ("seconds", "number"),
    "started": ("started", "time"),
    "question": ("question", "text"),
    "sql": ("sql", "text"),
}
_LONGEST = 1000  # characters
_DEEPEST = 20  # parentheses within parentheses; SQLite's parser has room for about 30
_EQUAL: dict[type[ast.cmpop], str] = {ast.Eq: "IS", ast.Is: "IS", ast.NotEq: "IS NOT", ast.IsNot: "IS NOT"}
_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COUNTED = {"number", "truth", "time"}
_EXAMPLES = "\"error == 'timeout' and attempts > 2\" or \"'UNION' in sql\""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the rows of ``item_summary``: SQL and the values of its ``?``."""

    sql: str = "1"
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """What a part of an expression is worth."""

    kind: Kind
    sql: str
    values: tuple[object, ...] = ()


def compiled(expression: str) -> Condition:
    """Return the condition that ``expression`` states, such as ``error == 'timeout' and attempts > 2``.

    Raises ``UsageError`` if it is no such expression, names what is not in ``NAMES``, or compares what cannot be.
    """
    try:
        if len(expression) > _LONGEST:
            raise UsageError(f"A filter has at most {_LONGEST} characters.")
        term = _truth(ast.parse(expression.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"'{expression}' is no filter: write one as in {_EXAMPLES}.") from error
    if max(accumulate((char == "(") - (char == ")") for char in term.sql)) > _DEEPEST:
        raise UsageError(f"'{expression}' is nested too deeply for a filter.")
    return Condition(term.sql, term.values)


def column(name: str) -> str:
    """Return the column of ``item_summary`` that ``name`` means; raises ``UsageError`` if it means none."""
    if name not in NAMES:
        raise UsageError(f"An item has no '{name}': it has {', '.join(NAMES)}.")
    return NAMES[name][0]


def _truth(node: ast.expr) -> _Term:
    """Return whether ``node`` holds, as Python tells the truth of a value: never NULL."""
    term = _term(node)
    if term.kind == "truth":
        return term
    nothing = "''" if term.kind == "text" else "0"
    return _Term("truth", f"(coalesce({term.sql}, {nothing}) <> {nothing})", term.values)


def _term(node: ast.expr) -> _Term:
    match node:
        case ast.Constant(value):
            return _constant(value)
        case ast.Name(name):
            return _Term(sql=column(name), kind=NAMES[name][1])
        case ast.BoolOp(operator, parts):
            word = " AND " if isinstance(operator, ast.And) else " OR "
            return _joined("truth", word, [_truth(part) for part in parts])
        case ast.UnaryOp(ast.Not(), operand):
            held = _truth(operand)
            return _Term("truth", f"(NOT {held.sql})", held.values)
        case ast.UnaryOp(ast.USub(), operand):
            number = _number(operand)
            return _Term("number", f"(- {number.sql})", number.values)
        case ast.BinOp(left, operator, right) if type(operator) in _ARITHMETIC:
            return _arithmetic(_number(left), _ARITHMETIC[type(operator)], _number(right))
        case ast.Compare(left, operators, rest):
            pairs = zip(pairwise([left, *rest]), operators, strict=True)
            return _joined("truth", " AND ", [_comparison(a, operator, b) for (a, b), operator in pairs])
        case ast.Call(ast.Attribute(of, "lower"), [], []):
            text = _term(of)
            return _Term(text.kind, f"lower({text.sql})", text.values)
    raise UsageError(f"A filter cannot hold '{ast.unparse(node)}': compare {', '.join(NAMES)}.")


def _constant(value: object) -> _Term:
    match value:
        case None:
            return _Term("nothing", "NULL")
        case bool():
            return _Term("truth", str(int(value)))
        case int() | float():
            fits = isinstance(value, float) or abs(value) < 2**63
            return _Term("number", "?", (value if fits else float("inf"),))
        case str():
            return _Term("text", "?", (value.encode("utf-8", "replace").decode(),))
    raise UsageError(f"A filter cannot hold {value!r}: write numbers, texts, True, False and None.")


def _number(node: ast.expr) -> _Term:
    term = _term(node)
    if term.kind not in ("number", "time"):
        raise UsageError(f"'{ast.unparse(node)}' is no number to reckon with.")
    return term


def _arithmetic(left: _Term, operator: str, right: _Term) -> _Term:
    divided = f"CAST({left.sql} AS REAL)" if operator == "/" else left.sql
    return _Term("number", f"({divided} {operator} {right.sql})", left.values + right.values)


def _comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> _Term:
    if isinstance(operator, ast.In | ast.NotIn):
        found = _among(left, right)
        return found if isinstance(operator, ast.In) else _Term("truth", f"(NOT {found.sql})", found.values)
    a, b = _alike(left, right)
    sql = f"{a.sql} {(_EQUAL | _ORDER)[type(operator)]} {b.sql}"
    if type(operator) in _ORDER and "nothing" in (a.kind, b.kind):
        raise UsageError(f"None is neither less nor greater than '{ast.unparse(left)}': ask 'is None'.")
    return _Term("truth", f"coalesce({sql}, 0)" if type(operator) in _ORDER else f"({sql})", a.values + b.values)


def _among(part: ast.expr, whole: ast.expr) -> _Term:
    """Return whether ``part`` is in a list, or in a text."""
    if isinstance(whole, ast.List | ast.Tuple | ast.Set):
        return _joined("truth", " OR ", [_comparison(part, ast.Eq(), each) for each in whole.elts])
    a, b = _term(part), _term(whole)
    if (a.kind, b.kind) != ("text", "text"):
        raise UsageError(f"'{ast.unparse(part)}' can be in a text or in a list, not in '{ast.unparse(whole)}'.")
    return _Term("truth", f"coalesce(instr({b.sql}, {a.sql}) > 0, 0)", b.values + a.values)


def _alike(left: ast.expr, right: ast.expr) -> tuple[_Term, _Term]:
    """Return both sides of a comparison, a text beside a time being read as one."""
    a, b = _term(left), _term(right)
    if a.kind == "time" and b.kind == "text":
        b = _time(right)
    elif b.kind == "time" and a.kind == "text":
        a = _time(left)
    elif a.kind != b.kind and "nothing" not in (a.kind, b.kind) and not {a.kind, b.kind} <= _COUNTED:
        sides = f"'{ast.unparse(left)}' is a {a.kind}, '{ast.unparse(right)}' a {b.kind}"
        raise UsageError(f"A filter cannot compare them: {sides}.")
    return a, b


def _time(node: ast.expr) -> _Term:
    """Return a time written as ISO 8601, in UTC where it names no zone, in seconds since 1970."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{ast.unparse(node)} is no time: write it as '2026-03-01' or '2026-03-01 14:30'.") from error
    in_zone = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _Term("time", "?", (in_zone.timestamp(),))


def _joined(kind: Kind, word: str, terms: list[_Term]) -> _Term:
    """Return terms joined by ``AND`` or ``OR``; no term at all holds nowhere."""
    sql = word.join(term.sql for term in terms) or "0"
    return _Term(kind, f"({sql})", tuple(value for term in terms for value in term.values))
