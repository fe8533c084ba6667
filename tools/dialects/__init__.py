"""The dialects: one descriptor each, as data."""

from ..errors import UsageError
from .bigquery import BIGQUERY
from .dialect import Dialect
from .duckdb import DUCKDB
from .mysql import MYSQL
from .oracle import ORACLE
from .postgres import POSTGRES
from .sqlite import SQLITE

__all__ = ["DIALECTS", "Dialect", "get_dialect"]

_BY_NAME = {dialect.name: dialect for dialect in (BIGQUERY, DUCKDB, MYSQL, ORACLE, POSTGRES, SQLITE)}
DIALECTS: tuple[str, ...] = tuple(_BY_NAME)


def get_dialect(name: str) -> Dialect:
    """Return the descriptor of the dialect called ``name``; raises ``UsageError`` if there is none."""
    if name not in _BY_NAME:
        raise UsageError(f"unknown dialect {name!r}: choose one of {', '.join(DIALECTS)}")
    return _BY_NAME[name]
