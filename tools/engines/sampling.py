"""The queries by which an engine looks at its own database, as syntax trees that any dialect can say."""

from sqlglot import exp

from ..identifiers import identifier
from ..schema import ColumnType, Table
from ..transpile import order_nulls_by_default

_ROW, _SOURCE = "isogloss_row", "isogloss_source"


def column_values(table: str, column: str, dialect: str) -> str:
    """Return the query for all values of a column."""
    return _said(exp.select(_column(column, dialect)).from_(_table(table, dialect)), dialect)


def frequent_values(table: str, column: str, limit: int, dialect: str) -> str:
    """Return the query for a column's distinct values, the most frequent first, at most ``limit``."""
    name = _column(column, dialect)
    query = exp.select(name.copy()).from_(_table(table, dialect)).where(name.copy().is_(exp.Null()).not_())
    order = [exp.Ordered(this=exp.Count(this=exp.Star()), desc=True), exp.Ordered(this=name.copy())]
    return _said(query.group_by(name.copy()).order_by(*order).limit(limit), dialect)


def row_count(table: str, dialect: str) -> str:
    """Return the query for the number of rows of a table."""
    return _said(exp.select(exp.Count(this=exp.Star())).from_(_table(table, dialect)), dialect)


def every_nth_row(table: Table, step: int, dialect: str) -> str:
    """Return the query for every ``step``-th row of a table sorted by its key, whatever order the engine keeps."""
    sortable = tuple(column.name for column in table.columns if column.type is not ColumnType.OTHER)
    order = [exp.Ordered(this=_column(name, dialect)) for name in table.primary_key or sortable[:8]]
    number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
    columns = [_column(column.name, dialect) for column in table.columns]
    numbered = exp.select(*columns, exp.alias_(number, _ROW)).from_(_table(table.name, dialect)).subquery(_SOURCE)
    chosen = exp.Mod(this=exp.column(_ROW), expression=exp.Literal.number(step)).eq(0)
    query = exp.select(*(column.copy() for column in columns)).from_(numbered).where(chosen)
    return _said(query.order_by(exp.Ordered(this=exp.column(_ROW))), dialect)


def _column(name: str, dialect: str) -> exp.Column:
    return exp.Column(this=identifier(name, dialect), table=exp.to_identifier(_SOURCE))


def _table(name: str, dialect: str) -> exp.Table:
    # Under another name, since in BigQuery a table hides its own column of the same name.
    return exp.Table(this=identifier(name, dialect), alias=exp.TableAlias(this=exp.to_identifier(_SOURCE)))


def _said(query: exp.Expr, dialect: str) -> str:
    order_nulls_by_default(query, dialect)
    return query.sql(dialect)
