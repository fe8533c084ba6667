"""MySQL databases: a source loaded into a server of our own, or a user's own MySQL or MariaDB."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pymysql

from ..dialects import get_dialect
from ..identifiers import quoted
from ..outcome import Limits
from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .database import Database
from .ddl import foreign_key, names, unindexed_references
from .loading import Plan, Source, chunks, plan
from .mysql_server import MysqlServer

_DATABASE = "isogloss"
_READER = "isogloss_reader"
_SETTINGS = "SET SESSION time_zone = '+00:00', foreign_key_checks = 0"
_WIDEST_SHORT = 512  # characters of a VARCHAR, so that it may be a key
_WIDEST_INDEX = 3072  # bytes
_WIDEST_SCALE = 30
_DUPLICATE_ENTRY = 1062


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into a server of our own, readable by a user that may do nothing else.

    Text compares without regard to case, as in MySQL, by seekdb's only such collation, ``utf8mb4_general_ci``
    (MySQL's default, ``utf8mb4_0900_ai_ci``, also minds trailing spaces).
    """
    server = MysqlServer(limits.memory_bytes)
    try:
        with closing(_connect(server.address("root"))) as connection:
            _run(connection, f"CREATE DATABASE {_DATABASE} CHARACTER SET utf8mb4", f"USE {_DATABASE}")
            loaded = _copy(source, connection)
            _run(connection, f"CREATE USER {_READER}", f"GRANT SELECT ON {_DATABASE}.* TO {_READER}")
    except BaseException:
        server.close()
        raise
    return Database("mysql", loaded, server.address(_READER, _DATABASE), server.close)


def load_at(place: str, source: Source) -> Database:
    """Copy ``source`` into the user's own database behind a SQLAlchemy URL; what was made stays if it fails."""
    with closing(_connect(_address(place))) as connection:
        loaded = _copy(source, connection)
    return attach(place, loaded)


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own database behind a SQLAlchemy URL as a database."""
    return Database("mysql", schema, _address(place))


def _address(place: str) -> dict[str, Any]:
    """Return PyMySQL's arguments for a URL; without TLS where nothing leaves the machine, for it costs 20 ms."""
    from sqlalchemy import make_url

    url = make_url(place).set(drivername="mysql+pymysql")
    _, address = url.get_dialect()().create_connect_args(url)
    if "unix_socket" in address or url.host in (None, "localhost", "127.0.0.1", "::1"):
        address.setdefault("ssl_disabled", True)
    return dict(address)


def _connect(address: dict[str, Any]) -> "pymysql.Connection[Any]":
    return pymysql.connect(**address, charset="utf8mb4", init_command=_SETTINGS)


def _run(connection: "pymysql.Connection[Any]", *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _copy(source: Source, connection: "pymysql.Connection[Any]") -> Schema:
    """Make the tables, fill them and return their schema."""
    schema = source.schema()
    loaded = [_load_table(connection, source, _planned(source, table)) for table in schema.tables]
    for table in loaded:
        for key in table.foreign_keys:
            _add_foreign_key(connection, table, key)
    return Schema(schema.name, tuple(loaded))


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None)


_STORED_AS: dict[ColumnType, Callable[[Any], Any]] = {ColumnType.TIMESTAMPTZ: _utc}


def _planned(source: Source, table: Table) -> Plan:
    planned = plan(source, table, get_dialect("mysql"), _STORED_AS)
    lengths = _longest_values(planned.rows(source), planned.table.columns)
    native = map(_native_type, planned.native_types, lengths)
    return replace(planned, native_types=tuple(native))


def _longest_values(rows: Iterator[tuple[Any, ...]], columns: tuple[Column, ...]) -> list[int]:
    """Return the length of each column's longest text or binary, 0 for other columns."""
    longest = [0] * len(columns)
    for row in rows:
        for n, value in enumerate(row):
            if isinstance(value, str | bytes) and len(value) > longest[n]:
                longest[n] = len(value)
    return longest


def _native_type(native: str, longest: int) -> str:
    """Return a type that can be a key if the values are short, and a scale that MySQL has.

    https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html, …/fixed-point-types.html
    """
    if native in ("LONGTEXT", "LONGBLOB") and longest <= _WIDEST_SHORT:
        width = max(32, 1 << longest.bit_length())
        return f"{'VARCHAR' if native == 'LONGTEXT' else 'VARBINARY'}({min(width, _WIDEST_SHORT)})"
    if native.startswith("DECIMAL") and int(native.rpartition(",")[2].strip(" )")) > _WIDEST_SCALE:
        return "DOUBLE"
    return native


def _load_table(connection: "pymysql.Connection[Any]", source: Source, each: Plan) -> Table:
    """Make and fill a table; without its key where two values differ in case only, which MySQL takes for equal."""
    try:
        _fill(connection, source, each)
    except pymysql.IntegrityError as error:
        if error.args[0] != _DUPLICATE_ENTRY:
            raise
        _run(connection, f"DROP TABLE {quoted(each.table.name, 'mysql')}")
        each = replace(each, table=replace(each.table, primary_key=()))
        _fill(connection, source, each)
    return each.table


def _fill(connection: "pymysql.Connection[Any]", source: Source, each: Plan) -> None:
    table = quoted(each.table.name, "mysql")
    definitions = ", ".join([each.column_definitions("mysql"), *_keys(each)])
    _run(connection, f"CREATE TABLE {table} ({definitions}) DEFAULT CHARACTER SET utf8mb4")
    values = ", ".join(["%s"] * len(each.table.columns))
    insert = f"INSERT INTO {table.replace('%', '%%')} VALUES ({values})"
    with connection.cursor() as cursor:
        for chunk in chunks(each.rows(source)):
            cursor.executemany(insert, chunk)
    connection.commit()


def _keys(each: Plan) -> Iterator[str]:
    """Yield the clauses for the primary key and for an index on each column that refers to a table."""
    primary = each.table.primary_key
    if primary and _fits_index(each, primary):
        yield f"PRIMARY KEY ({names(primary, 'mysql')})"
    for column in unindexed_references(each.table):
        if _fits_index(each, (column,)):
            yield f"INDEX ({quoted(column, 'mysql')})"


def _fits_index(each: Plan, columns: tuple[str, ...]) -> bool:
    widths = dict(zip((column.name for column in each.table.columns), each.native_types, strict=True))
    return sum(_index_bytes(widths[column]) for column in columns) <= _WIDEST_INDEX


def _index_bytes(native: str) -> int:
    kind, _, width = native.rstrip(")").partition("(")
    if kind.startswith("VAR"):
        return int(width) * (4 if kind == "VARCHAR" else 1)
    return _WIDEST_INDEX + 1 if kind.startswith("LONG") else 8


def _add_foreign_key(connection: "pymysql.Connection[Any]", table: Table, key: ForeignKey) -> None:
    """Add a foreign key, without checking the rows there are.

    One that MySQL cannot have at all (what it refers to has no index, the types differ) stays in our schema only.
    """
    with suppress(pymysql.OperationalError, pymysql.IntegrityError):
        _run(connection, f"ALTER TABLE {quoted(table.name, 'mysql')} ADD {foreign_key(key, 'mysql')}")
