"""Arithmetic: what SQLite makes of text, whole numbers, averages and casts."""

from collections.abc import Iterator

from sqlglot import exp

from .kinds import MOMENTS, NUMBERS, Kind, as_bit, as_double, as_text, cast_to, kind_of
from .target import Target

OF_DATES = "of dates"  # marks a difference that is meant as one of dates
_CALCULATING = (exp.Sum, exp.Avg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Abs, exp.Round)
_PREFIX = "^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)"
_BIGINT = {"bigquery": "INT64", "mysql": "SIGNED", "oracle": "NUMBER(19)"}


def as_number(node: exp.Expr, target: Target, otherwise: str = "0") -> exp.Expr:
    """Return text as the number it spells; exactly: the one it begins with, else ``otherwise``.

    See https://sqlite.org/lang_expr.html#castexpr.
    """
    if not target.exact or target.dialect == "mysql":  # which reads text as SQLite does
        return _double(_to_number(node.copy(), target.dialect))
    digits = _digits(node, target.dialect)
    number = _double(_to_number(digits, target.dialect))
    spelled = exp.Coalesce(this=number, expressions=[exp.Literal.number(otherwise)])
    return _double(exp.case().when(exp.Not(this=exp.Is(this=node.copy(), expression=exp.Null())), spelled))


def _to_number(text: exp.Expr, dialect: str) -> exp.Expr:
    if dialect in ("duckdb", "bigquery"):
        return exp.TryCast(this=text, to=exp.DataType.build("DOUBLE"))
    if dialect == "oracle":
        return exp.Anonymous(this="TO_NUMBER", expressions=[text])
    return as_double(text, dialect)


def _digits(text: exp.Expr, dialect: str) -> exp.Expr:
    """Return the number with which a text begins, as text; NULL or empty if it begins with none."""
    pattern = exp.Literal.string(_PREFIX)
    if dialect == "postgres":
        return exp.Anonymous(this="SUBSTRING", expressions=[text.copy(), pattern])
    name = "REGEXP_SUBSTR" if dialect == "oracle" else "REGEXP_EXTRACT"
    return exp.Anonymous(this=name, expressions=[text.copy(), pattern])


def _double(node: exp.Expr) -> exp.Expr:
    node.type = "DOUBLE"
    return node


def calculate_with_numbers(tree: exp.Query, target: Target) -> None:
    """Turn text and truth values into numbers where something is calculated with them."""
    for node in reversed(list(tree.find_all(*_CALCULATING))):  # what is inside first
        for operand in list(_operands(node)):
            kind = kind_of(operand)
            if kind is Kind.TEXT:
                operand.replace(as_number(operand, target))
            elif kind is Kind.BOOLEAN:
                operand.replace(as_bit(operand, target.dialect))
            elif kind in MOMENTS and target.exact and not node.meta.get(OF_DATES):
                operand.replace(as_number(as_text(operand, target.dialect), target))


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Binary):
        yield from (node.this, node.expression)
    elif isinstance(node.this, exp.Distinct):
        yield from node.this.expressions[:1]
    else:
        yield node.this


def divide_as_sqlite(tree: exp.Query, target: Target) -> None:
    """Cut the quotient of whole numbers, and calculate every other with double precision.

    https://sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes
    """
    dialect = target.dialect
    for node in list(tree.find_all(exp.Div)):
        node.set("typed", dialect == "postgres")  # what sqlglot calls a division that is cut by itself
        node.set("safe", False)
        divisor = node.expression
        if not isinstance(divisor, exp.Literal) and dialect != "mysql":  # where that gives NULL anyway
            node.set("expression", _not_zero(divisor))
        if {kind_of(node.this), kind_of(divisor)} == {Kind.INTEGER}:
            _cut(node, dialect)
        elif Kind.FLOAT not in (kind_of(node.this), kind_of(divisor)) or (dialect == "mysql" and not _is_double(node)):
            node.set("this", as_double(node.this, dialect))


def _is_double(node: exp.Expr) -> bool:
    """Return whether a number of double precision is in ``node``; a literal with a point is a decimal in MySQL."""
    return any(kind_of(each) is Kind.FLOAT for each in node.find_all(exp.Column, exp.Cast, exp.TryCast))


def _not_zero(divisor: exp.Expr) -> exp.Expr:
    inner = divisor.this if isinstance(divisor, exp.Paren) else divisor
    guarded = exp.Nullif(this=inner.copy(), expression=exp.Literal.number(0))
    guarded.type = divisor.type
    return guarded


def _cut(node: exp.Div, dialect: str) -> None:
    if dialect == "postgres":
        return
    if dialect == "oracle":
        cut: exp.Expr = exp.Anonymous(this="TRUNC", expressions=[node.copy()])
    else:
        cut = exp.IntDiv(this=node.this.copy(), expression=node.expression.copy())
    cut.type = "BIGINT"
    node.replace(cut)


def average_precisely(tree: exp.Query, target: Target) -> None:
    """Average with double precision where an engine keeps a few digits only (MySQL four, BigQuery's NUMERIC nine).

    https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_div_precision_increment
    """
    dialect = target.dialect
    exact = {"mysql": (Kind.INTEGER, Kind.DECIMAL), "bigquery": (Kind.DECIMAL,)}.get(dialect, ())
    for node in list(tree.find_all(exp.Avg)):
        for operand in _operands(node):
            literal = dialect == "mysql" and kind_of(operand) is Kind.FLOAT and not _is_double(operand)
            if kind_of(operand) in exact or literal:
                operand.replace(as_double(operand, dialect))


def round_decimals(tree: exp.Query, target: Target) -> None:
    """Round decimals in PostgreSQL, whose ROUND takes digits for no other type."""
    for node in list(tree.find_all(exp.Round)) if target.dialect == "postgres" else []:
        if node.args.get("decimals") is not None and kind_of(node.this) is not Kind.DECIMAL:
            node.set("this", exp.cast(node.this.copy(), "DECIMAL"))


def cast_as_sqlite(tree: exp.Query, target: Target) -> None:
    """Cast to double precision where SQLite says REAL, and cut where it says INTEGER, which elsewhere rounds."""
    dialect = target.dialect
    for node in list(tree.find_all(exp.Cast)):
        to = node.to.this
        if to in exp.DataType.FLOAT_TYPES or to in (exp.DType.DECIMAL, exp.DType.UDECIMAL):
            node.replace(as_double(_as_read(node.this, target), dialect))
        elif to in exp.DataType.INTEGER_TYPES:
            node.replace(_as_integer(_as_read(node.this, target), dialect))
        elif to in exp.DataType.TEXT_TYPES:
            node.replace(as_text(node.this, dialect))


def _as_read(node: exp.Expr, target: Target) -> exp.Expr:
    return as_number(node, target) if kind_of(node) is Kind.TEXT else node


def _as_integer(node: exp.Expr, dialect: str) -> exp.Expr:
    if kind_of(node) in NUMBERS - {Kind.INTEGER}:
        cut = exp.Anonymous(this="TRUNC", expressions=[node.copy()])
        if dialect == "mysql":
            cut = exp.Anonymous(this="TRUNCATE", expressions=[node.copy(), exp.Literal.number(0)])
        node = cut
    return cast_to(node, _BIGINT.get(dialect, "BIGINT"), dialect, Kind.INTEGER)
