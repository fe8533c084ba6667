"""The queries by which an engine looks at its own database, as syntax trees that any dialect can say."""

from sqlglot import exp

from ..identifiers import identifier
from ..schema import ColumnType, Table
from ..transpile import order_nulls_by_default

_ROW = "isogloss_row"


def frequent_values(table: str, column: str, limit: int, dialect: str) -> str:
    """Return the query for a column's distinct values, the most frequent first, at most ``limit``."""
    name = _named(column, dialect)
    query = exp.select(name.copy()).from_(_named(table, dialect, exp.Table)).where(name.copy().is_(exp.Null()).not_())
    order = [exp.Ordered(this=exp.Count(this=exp.Star()), desc=True), exp.Ordered(this=name.copy())]
    return _said(query.group_by(name.copy()).order_by(*order).limit(limit), dialect)


def row_count(table: str, dialect: str) -> str:
    """Return the query for the number of rows of a table."""
    return _said(exp.select(exp.Count(this=exp.Star())).from_(_named(table, dialect, exp.Table)), dialect)


def every_nth_row(table: Table, step: int, dialect: str) -> str:
    """Return the query for every ``step``-th row of a table sorted by its key, whatever order the engine keeps."""
    sortable = tuple(column.name for column in table.columns if column.type is not ColumnType.OTHER)
    order = [_named(name, dialect) for name in table.primary_key or sortable[:8]]
    number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=key) for key in order]))
    columns = [_named(column.name, dialect) for column in table.columns]
    numbered = exp.select(*columns, exp.alias_(number, _ROW)).from_(_named(table.name, dialect, exp.Table))
    chosen = exp.Mod(this=exp.column(_ROW), expression=exp.Literal.number(step)).eq(0)
    query = exp.select(*(c.copy() for c in columns)).from_(numbered.subquery("numbered")).where(chosen)
    return _said(query.order_by(exp.Ordered(this=exp.column(_ROW))), dialect)


def _named(name: str, dialect: str, kind: type[exp.Column] | type[exp.Table] = exp.Column) -> exp.Expr:
    return kind(this=identifier(name, dialect))


def _said(query: exp.Expr, dialect: str) -> str:
    order_nulls_by_default(query, dialect)
    return query.sql(dialect)
