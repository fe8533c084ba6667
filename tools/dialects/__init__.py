"""The dialects: one descriptor each, as data; ours, and those that installed packages bring."""

from ..errors import UsageError
from .bigquery import BIGQUERY
from .dialect import Dialect
from .duckdb import DUCKDB
from .installed import installed_dialect, installed_names
from .mysql import MYSQL
from .oracle import ORACLE
from .postgres import POSTGRES
from .sqlite import SQLITE

__all__ = ["DIALECTS", "Dialect", "all_dialects", "get_dialect"]

_BY_NAME = {dialect.name: dialect for dialect in (BIGQUERY, DUCKDB, MYSQL, ORACLE, POSTGRES, SQLITE)}
DIALECTS: tuple[str, ...] = tuple(_BY_NAME)  # ours


def all_dialects() -> tuple[str, ...]:
    """Return the names of our dialects, then of those that installed packages declare, whether they load or not."""
    return (*DIALECTS, *(name for name in installed_names() if name not in _BY_NAME))


def get_dialect(name: str) -> Dialect:
    """Return the descriptor of the dialect called ``name``; raises ``UsageError`` if there is none or it is broken."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name in installed_names():
        return installed_dialect(name)
    raise UsageError(f"unknown dialect {name!r}: choose one of {', '.join(all_dialects())}")
