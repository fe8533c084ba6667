"""PostgreSQL databases: a source loaded into a server of our own, or a user's own database."""

from typing import Any

import psycopg

from ..dialects import get_dialect
from ..identifiers import quoted
from ..outcome import Limits
from ..schema import ForeignKey, Schema, Table
from .database import Database
from .ddl import foreign_key, foreign_key_indexes, names
from .folding import FoldedSource
from .loading import Plan, Source, plan
from .postgres_server import PostgresServer

_READER = "isogloss_reader"

# What a role may do without being granted anything: end its own role's other sessions, wait on or leave
# locks, write to the log. None of it is a query.
_NOT_FOR_READERS = "^(pg_(cancel|terminate)_backend|pg_(try_)?advisory_|pg_notify|pg_logical_emit|lo_|pg_sleep_for)"

_CREATE_READER = f"""
CREATE ROLE {_READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE {_READER} SET default_transaction_read_only = on;
ALTER ROLE {_READER} SET search_path = public;
ALTER ROLE {_READER} SET work_mem = '32MB';
ALTER ROLE {_READER} SET temp_file_limit = '1GB';
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO {_READER};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {_READER};
"""


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into a server of our own, readable by a role that may do nothing else."""
    server = PostgresServer(limits.memory_bytes)
    try:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            _restrict(connection)
            loaded = _copy(source, connection)
    except BaseException:
        server.close()
        raise
    return Database("postgres", loaded, {"conninfo": server.conninfo(_READER)}, server.close)


def load_at(place: str, source: Source) -> Database:
    """Copy ``source`` into the user's own database behind a SQLAlchemy URL, whole or not at all."""
    with psycopg.connect(_conninfo(place)) as connection:
        loaded = _copy(source, connection)
    return attach(place, loaded)


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own database behind a SQLAlchemy URL as a database."""
    return Database("postgres", schema, {"conninfo": _conninfo(place)})


def _conninfo(place: str) -> str:
    from sqlalchemy import make_url

    url = make_url(place).set(drivername="postgresql+psycopg")
    # Not rendered as a URL: libpq would refuse what is not escaped as it wishes, and repeat the password.
    _, parameters = url.get_dialect()().create_connect_args(url)
    return psycopg.conninfo.make_conninfo("", **parameters)


def _copy(source: Source, connection: "psycopg.Connection[tuple[Any, ...]]") -> Schema:
    """Make the tables, fill them and return their schema; names are in lower case."""
    source = FoldedSource(source)
    schema = source.schema()
    plans = [plan(source, table, get_dialect("postgres"), {}) for table in schema.tables]
    for each in plans:
        _load_table(connection, source, each)
    for each in plans:
        for key in each.table.foreign_keys:
            _add_foreign_key(connection, each.table, key)
    connection.execute("ANALYZE")
    return Schema(schema.name, tuple(each.table for each in plans))


def _restrict(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
    connection.execute(_CREATE_READER)
    functions = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname ~ %s", [_NOT_FOR_READERS]
    ).fetchall()
    for (function,) in functions:
        connection.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def _load_table(connection: "psycopg.Connection[tuple[Any, ...]]", source: Source, each: Plan) -> None:
    table = quoted(each.table.name)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} ({each.column_definitions()})")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in each.rows(source):
                copy.write_row(row)
    if each.table.primary_key:
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({names(each.table.primary_key)})")
    for statement in foreign_key_indexes(each.table):
        connection.execute(statement)


def _add_foreign_key(connection: "psycopg.Connection[tuple[Any, ...]]", table: Table, key: ForeignKey) -> None:
    """Add a foreign key, without checking the rows there are if some of them break it.

    One that PostgreSQL cannot have at all (what it refers to is not unique, the types differ) stays in
    our schema only, as every foreign key does in DuckDB.
    """
    statement = f"ALTER TABLE {quoted(table.name)} ADD {foreign_key(key)}"
    try:
        with connection.transaction():
            connection.execute(statement)
    except psycopg.errors.ForeignKeyViolation:
        connection.execute(f"{statement} NOT VALID")
    except psycopg.ProgrammingError:
        return
