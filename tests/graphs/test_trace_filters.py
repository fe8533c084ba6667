"""Filters on items: Python's syntax, compiled to SQL that says what Python would."""

import ast
import operator
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.graphs.tracing.filters import NAMES, compiled
from isogloss.tools.errors import UsageError

TEXTS, COUNTS = ("status", "error", "question", "sql"), ("item", "attempts", "tokens", "cost", "seconds")
WORDS = st.sampled_from(["", "kept", "timeout", "UNION", "union all", "it's", "ärger"])
NUMBERS = st.integers(-2, 5) | st.sampled_from([0.5, 1.5, 2.0])
ROWS = st.fixed_dictionaries(
    {name: st.none() | WORDS for name in TEXTS}
    | {name: st.none() | NUMBERS for name in COUNTS}
    | {"repaired": st.integers(0, 1)}
)
ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: not holds(ast.In(), a, b),
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.eq, ast.IsNot: operator.ne,
}  # fmt: skip
SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def holds(comparison: ast.cmpop, a: Any, b: Any) -> bool:
    """Compare as Python does; what it refuses to compare does not hold."""
    try:
        return bool(ORDER[type(comparison)](a, b))
    except TypeError:
        return False


def value(node: ast.expr, row: dict[str, Any]) -> Any:
    """Evaluate ``node`` in Python; what cannot be reckoned is None."""
    match node:
        case ast.Constant(constant):
            return constant
        case ast.Name(name):
            return row[name]
        case ast.List(elements):
            return [value(each, row) for each in elements]
        case ast.UnaryOp(ast.Not(), operand):
            return not value(operand, row)
        case ast.UnaryOp(ast.USub(), operand):
            return None if (number := value(operand, row)) is None else -number
        case ast.BoolOp(ast.And(), parts):
            return all(value(part, row) for part in parts)
        case ast.BoolOp(_, parts):
            return any(value(part, row) for part in parts)
        case ast.BinOp(left, sign, right):
            try:
                return SIGNS[type(sign)](value(left, row), value(right, row))
            except (TypeError, ZeroDivisionError):
                return None
        case ast.Compare(left, signs, rest):
            sides = [value(each, row) for each in (left, *rest)]
            return all(holds(sign, a, b) for sign, a, b in zip(signs, sides, sides[1:], strict=False))
    raise AssertionError(ast.dump(node))


numbers = st.recursive(
    st.sampled_from(COUNTS) | NUMBERS.filter(lambda n: n >= 0).map(str),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | inner.map(lambda n: f"-{n}")
    ),
    max_leaves=3,
)
texts = st.sampled_from(TEXTS) | WORDS.map(repr)
leaves = st.one_of(
    st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(" ".join),
    st.tuples(numbers, st.sampled_from(["< ", "<= "]), numbers, st.just(" < "), numbers).map("".join),
    st.tuples(texts, st.sampled_from(["<", ">=", "==", "!=", "in", "not in"]), texts).map(" ".join),
    st.tuples(st.sampled_from(TEXTS + COUNTS), st.sampled_from([" is None", " is not None", " == None", ""])).map(
        "".join
    ),
    st.tuples(texts, st.sampled_from(["in", "not in"]), st.lists(texts, max_size=3)).map(
        lambda p: f"{p[0]} {p[1]} [{', '.join(p[2])}]"
    ),
    st.sampled_from(["repaired", "not repaired", "repaired == True", "repaired is False", "True"]),
)
expressions = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | inner.map(lambda e: f"not ({e})")
    ),
    max_leaves=4,
)


def found(expression: str, row: dict[str, Any]) -> bool:
    """Say whether SQLite finds ``row`` with ``expression``."""
    condition = compiled(expression)
    columns = {column: row.get(name) for name, (column, _) in NAMES.items()}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE items (item INTEGER, status TEXT, reason TEXT, outcome TEXT, error_class TEXT,"
            " attempts INTEGER, repaired INTEGER, steps INTEGER, model TEXT, tokens INTEGER,"
            " cost REAL, seconds REAL, started REAL,"
            " question TEXT, sql TEXT)"
        )
        connection.execute(f"INSERT INTO items VALUES ({', '.join('?' * len(columns))})", list(columns.values()))
        (count,) = connection.execute(f"SELECT count(*) FROM items WHERE {condition.sql}", condition.values).fetchone()
    return bool(count)


@settings(max_examples=500)
@given(expressions, ROWS)
def test_a_filter_finds_what_python_would(expression: str, row: dict[str, Any]) -> None:
    row = row | {name: None for name in NAMES if name not in row}
    assert found(expression, row) == bool(value(ast.parse(expression, mode="eval").body, row))


def test_texts_are_values_and_never_sql() -> None:
    condition = compiled("question == \"'; DROP TABLE items --\" or 'UNION' in sql")
    assert "DROP" not in condition.sql
    assert condition.values == ("'; DROP TABLE items --", "UNION")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("'union' in sql.lower()", True),
        ("item + 3 * 2 - 1 == 6", True),
        ("-item / 4 == -0.25", True),
        ("item / 0 == 0 or item / 0 != None", False),
        ("'union' in sql", False),
        ("started >= '2026-03-01'", True),
        ("started < '2026-03-01 00:00+02:00'", False),
        ("'2026-02-28T23:59' < started < '2026-03-01T00:01'", True),
        ("started - 3600 < '2026-03-01'", None),
        ("item < 99999999999999999999999", True),
        ("question == '\\ud800'", False),
    ],
)
def test_what_else_a_filter_can_say(expression: str, holds: bool | None) -> None:
    row = {"item": 1, "sql": "SELECT 1 UNION SELECT 2", "question": "!", "started": 1772323200.0}
    if holds is None:
        with pytest.raises(UsageError, match="cannot compare"):
            compiled(expression)
    else:
        assert found(expression, row) is holds


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("eror == 'x'", "has no 'eror': it has item, status, reason, outcome, error,"),
        ("status = 'kept'", "is no filter"),
        ("question contains 'x'", "is no filter"),
        ("", "is no filter"),
        ("item\0", "is no filter"),
        ("attempts > 'two'", "'attempts' is a number, ''two'' a text"),
        ("item in sql", "can be in a text or in a list"),
        ("reason < None", "ask 'is None'"),
        ("-status == 1", "no number"),
        ("started > 'yesterday'", "is no time"),
        ("__import__('os').system('true')", "cannot hold"),
        ("(lambda: 1)()", "cannot hold"),
        ("sql[0] == 'S'", "cannot hold"),
        ("sql == b'x'", "cannot hold b'x'"),
        ("item ** 2 > 4", "cannot hold"),
        ("not " * 400 + "repaired", "at most 1000 characters"),
    ],
)
def test_what_is_no_filter_gets_one_sentence(expression: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        compiled(expression)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("levels", [6, 18, 19, 100, 240])
@pytest.mark.parametrize("parts", [("not ", "repaired", ""), ("(1 == 1) == (", "item == 1", ")"), ("-", "item", "")])
def test_deep_filters_work_or_are_refused(parts: tuple[str, str, str], levels: int) -> None:
    before, inner, after = parts
    expression = before * levels + inner + after * levels
    if levels < 9:
        found(expression, {"item": 1, "repaired": 1})
    with suppress(UsageError):
        found(expression, {"item": 1, "repaired": 1})
