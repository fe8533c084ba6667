"""Expressions: literals, columns, operators, CASE and casts. Calls are in ``calls``, comparisons in ``conditions``."""

import re
from functools import singledispatch

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import common_kind, to_kind
from .kinds import POSTGRES_TYPES, Kind, OracleError, Value, missing_expression, unknown_identifier
from .scope import Scope, named, resolve, spelt

CONDITIONS = (exp.Predicate, exp.And, exp.Or, exp.Not)
_NUMERIC = re.compile(r"\d+(\.\d*)?([eE][+-]?\d+)?")


def value(node: exp.Expr, scope: Scope) -> Value:
    """Return an expression rewritten; raises ``OracleError`` if it is wrong, ``UnsupportedError`` if not sure."""
    found = scope.computed.get(spelling(node)) if scope.computed else None
    return found or expression(node, scope)


def spelling(node: exp.Expr) -> str:
    """Return the text by which equal expressions are known."""
    return node.sql("oracle", normalize=True)


@singledispatch
def expression(node: exp.Expr, scope: Scope) -> Value:
    """Return an expression of a kind of node rewritten: what ``value`` does unless it is computed already."""
    if isinstance(node, CONDITIONS):
        raise OracleError("ORA-00923", "FROM keyword not found where expected")
    raise UnsupportedError(f"the stand-in has no {type(node).__name__}")


def text_literal(text: str) -> Value:
    """Return a text literal; Oracle takes an empty one for NULL."""
    if not text:
        return Value("NULL::text", Kind.TEXT, constant=True)
    if "\0" in text:
        raise UnsupportedError("a text with a zero character")
    quoted = text.replace("'", "''")
    return Value(f"'{quoted}'::text", Kind.TEXT, constant=True, literal=text)


@expression.register
def _(node: exp.Literal, scope: Scope) -> Value:
    if node.is_string:
        return text_literal(node.name)
    if not _NUMERIC.fullmatch(node.name):
        raise UnsupportedError(f"the number {node.name}")
    return Value(node.name, Kind.NUMBER, constant=True)


@expression.register(exp.RawString)
@expression.register(exp.National)
def _(node: exp.Expr, scope: Scope) -> Value:
    return text_literal(node.name)


@expression.register
def _(node: exp.Null, scope: Scope) -> Value:
    return Value("NULL", Kind.NULL, constant=True)


@expression.register
def _(node: exp.Boolean, scope: Scope) -> Value:
    raise unknown_identifier(str(node.this).upper())


@expression.register
def _(node: exp.Star, scope: Scope) -> Value:
    raise missing_expression()


@expression.register
def _(node: exp.Column, scope: Scope) -> Value:
    if isinstance(node.this, exp.Star):
        raise missing_expression()
    name = "" if node.this.args.get("quoted") else spelt(node.this)  # in quotes it is a column's
    if not node.args.get("table") and name in ("LEVEL", "CONNECT_BY_ISLEAF", "CONNECT_BY_ISCYCLE"):
        if name in scope.pseudo:
            return scope.pseudo[name]
        raise OracleError("ORA-01788", "CONNECT BY clause required in this query block")
    if name in ("ROWID", "ORA_ROWSCN", "USER", "UID", "NEXTVAL", "CURRVAL", "DBTIMEZONE", "SESSIONTIMEZONE"):
        raise UnsupportedError(f"the stand-in has no {name}")
    if name == "ROWNUM" and not node.args.get("table"):
        if name in scope.pseudo:
            return scope.pseudo[name]
        raise UnsupportedError("ROWNUM here")
    if not node.args.get("table"):
        named(node.this, "ORA-00936", "missing expression")
    return resolve(node, scope)


@expression.register
def _(node: exp.Paren, scope: Scope) -> Value:
    if isinstance(node.this, CONDITIONS):
        raise OracleError("ORA-00907", "missing right parenthesis")
    inner = value(node.this, scope)
    return Value(f"({inner.sql})", inner.kind, inner.constant, inner.literal)


@expression.register
def _(node: exp.Neg, scope: Scope) -> Value:
    inner = value(node.this, scope)
    kind = inner.kind if inner.kind in (Kind.DOUBLE, Kind.DAYS, Kind.MONTHS) else Kind.NUMBER
    return Value(f"(- {to_kind(inner, kind)})", kind, inner.constant)


@expression.register
def _(node: exp.DPipe, scope: Scope) -> Value:
    parts = [to_kind(value(part, scope), Kind.TEXT) for part in _operands(node)]
    return Value(f"nullif(concat({', '.join(parts)}), '')", Kind.TEXT)


def _operands(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.DPipe):
        return [*_operands(node.this), *_operands(node.expression)]
    return [node]


@expression.register
def _(node: exp.Tuple, scope: Scope) -> Value:
    raise OracleError("ORA-00907", "missing right parenthesis")


@expression.register
def _(node: exp.CurrentTimestamp, scope: Scope) -> Value:
    if node.this:
        raise UnsupportedError("a precision of CURRENT_TIMESTAMP")
    if node.args.get("sysdate"):
        return Value("localtimestamp(0)", Kind.DATE)
    return Value("current_timestamp", Kind.TIMESTAMPTZ)


@expression.register
def _(node: exp.Systimestamp, scope: Scope) -> Value:
    return Value("current_timestamp", Kind.TIMESTAMPTZ)


@expression.register
def _(node: exp.CurrentDate, scope: Scope) -> Value:
    return Value("localtimestamp(0)", Kind.DATE)


@expression.register
def _(node: exp.Localtimestamp, scope: Scope) -> Value:
    return Value("localtimestamp", Kind.TIMESTAMP)


def case(branches: list[tuple[str, Value]], default: Value | None) -> Value:
    """Return a CASE of conditions in PostgreSQL's text; its values must be of one kind."""
    results = [result for _, result in branches] + ([default] if default else [])
    kind = common_kind([result.kind for result in results])
    whens = " ".join(f"WHEN {when} THEN {to_kind(result, kind)}" for when, result in branches)
    otherwise = f" ELSE {to_kind(default, kind)}" if default else ""
    return Value(f"(CASE {whens}{otherwise} END)", kind)


def typed(sql: str, kind: Kind) -> Value:
    """Return a value whose text says its PostgreSQL type."""
    return Value(f"({sql})::{POSTGRES_TYPES[kind]}", kind)
