"""What an expression is, in the few words that matter between dialects, and how it is cast."""

from enum import StrEnum

from sqlglot import exp

_DT = exp.DType


class Kind(StrEnum):
    """The kind of an expression's value."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    BOOLEAN = "boolean"
    UNKNOWN = "unknown"


NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIME})
_KINDS = {
    **dict.fromkeys(exp.DataType.INTEGER_TYPES, Kind.INTEGER),
    **dict.fromkeys(exp.DataType.FLOAT_TYPES, Kind.FLOAT),
    **dict.fromkeys(exp.DataType.TEXT_TYPES, Kind.TEXT),
    _DT.DECIMAL: Kind.DECIMAL,
    _DT.DATE: Kind.DATE,
    _DT.TIMESTAMP: Kind.TIMESTAMP,
    _DT.TIMESTAMPTZ: Kind.TIMESTAMP,
    _DT.DATETIME: Kind.TIMESTAMP,
    _DT.TIME: Kind.TIME,
    _DT.BOOLEAN: Kind.BOOLEAN,
}
_DOUBLE = {"bigquery": "FLOAT64", "oracle": "BINARY_DOUBLE"}
_TEXT = {"bigquery": "STRING", "mysql": "CHAR", "oracle": "VARCHAR2(4000)"}
_SPELLED = {
    Kind.DATE: ("YYYY-MM-DD", "%Y-%m-%d"),
    Kind.TIMESTAMP: ("YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%i:%s"),
    Kind.TIME: ("HH24:MI:SS", "%H:%i:%s"),
}


def kind_of(node: exp.Expr | None) -> Kind:
    """Return the kind of a typed expression; a scalar subquery has that of its only output."""
    if isinstance(node, exp.Paren | exp.Alias | exp.Neg):
        return kind_of(node.this)
    if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
        outputs = node.selects
        return kind_of(outputs[0]) if len(outputs) == 1 else Kind.UNKNOWN
    if isinstance(node, exp.Sum | exp.Avg) and kind_of(_argument(node)) not in NUMBERS:
        return Kind.FLOAT
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.Mod):
        return _of_arithmetic({kind_of(node.this), kind_of(node.expression)})
    if isinstance(node, exp.Sum | exp.Min | exp.Max | exp.Abs | exp.Coalesce):
        return kind_of(_argument(node))
    if node is None or node.type is None:
        return Kind.UNKNOWN
    return _KINDS.get(node.type.this, Kind.UNKNOWN)


def _of_arithmetic(kinds: set[Kind]) -> Kind:
    if kinds <= {Kind.INTEGER, Kind.BOOLEAN}:
        return Kind.INTEGER
    return Kind.DECIMAL if kinds <= {Kind.INTEGER, Kind.DECIMAL} else Kind.FLOAT


def _argument(node: exp.Expr) -> exp.Expr:
    argument: exp.Expr = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    return argument


def is_condition(node: exp.Expr) -> bool:
    """Return whether an expression is true or false by its form: for SQLite that is 1 or 0."""
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, exp.Predicate | exp.Not | exp.And | exp.Or | exp.Between | exp.In) and not isinstance(
        node, exp.SubqueryPredicate | exp.Boolean
    )


def cast_to(node: exp.Expr, native: str, dialect: str, kind: Kind) -> exp.Expr:
    """Return ``node`` cast to a type that ``dialect`` calls ``native``, typed as ``kind``."""
    cast = exp.Cast(this=node.copy(), to=exp.DataType.build(native, dialect=dialect, udt=True))
    cast.type = {Kind.TEXT: "TEXT", Kind.FLOAT: "DOUBLE", Kind.INTEGER: "BIGINT"}[kind]
    return cast


def as_double(node: exp.Expr, dialect: str) -> exp.Expr:
    """Return ``node`` as a number of double precision, as all numbers with a point are in SQLite."""
    return cast_to(
        node, _DOUBLE.get(dialect, "DOUBLE PRECISION" if dialect == "postgres" else "DOUBLE"), dialect, Kind.FLOAT
    )


def as_text(node: exp.Expr, dialect: str) -> exp.Expr:
    """Return ``node`` as the text that SQLite has for it: dates and times are ISO 8601."""
    kind = kind_of(node)
    if kind in _SPELLED and dialect in ("mysql", "oracle") and (dialect, kind) != ("mysql", Kind.DATE):
        oracle, mysql = _SPELLED[kind]
        name, form = ("TO_CHAR", oracle) if dialect == "oracle" else ("DATE_FORMAT", mysql)
        written = exp.Anonymous(this=name, expressions=[node.copy(), exp.Literal.string(form)])
        written.type = "TEXT"
        return written
    if isinstance(node, exp.Literal):
        return _typed(exp.Literal.string(node.name), "TEXT")
    if dialect == "oracle":
        return _typed(exp.Anonymous(this="TO_CHAR", expressions=[node.copy()]), "TEXT")
    return cast_to(node, _TEXT.get(dialect, "TEXT"), dialect, Kind.TEXT)


def as_bit(node: exp.Expr, dialect: str) -> exp.Expr:
    """Return a boolean as 0 or 1, as SQLite, MySQL and Oracle keep it."""
    if kind_of(node) is not Kind.BOOLEAN or dialect in ("mysql", "oracle"):
        return node
    return cast_to(node, "INT64" if dialect == "bigquery" else "INTEGER", dialect, Kind.INTEGER)


def number_literal(text: str) -> exp.Expr:
    """Return a literal of the number that ``text`` spells."""
    return _typed(exp.Literal.number(text), "DOUBLE" if "." in text or "e" in text.lower() else "BIGINT")


def _typed(node: exp.Expr, type_: str) -> exp.Expr:
    node.type = type_
    return node
