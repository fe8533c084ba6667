"""A database's schema as its own dialect writes it: CREATE TABLE with types, keys and a few values of each column."""

import json
from collections.abc import Mapping
from typing import Any

from .dialects import get_dialect
from .engines import Engine
from .identifiers import natural_identifier
from .schema import Column, ForeignKey, Table
from .schema_excerpt import SchemaExcerpt

_LONGEST = 40  # characters of a value

Samples = Mapping[tuple[str, str], list[Any]]


def dialect_schema(engine: Engine, tokens: int | None = None, values: int = 3) -> SchemaExcerpt:
    """Return the schema of an engine's database, at most ``tokens`` of it at a time, with ``values`` of each column."""
    schema = engine.schema()
    samples = {
        (t.name, c.name): engine.sample_values(t.name, c.name, limit=values) if values else []
        for t in schema.tables
        for c in t.columns
    }
    return SchemaExcerpt(schema, lambda table: create_table(table, engine.dialect, samples), tokens)


def create_table(table: Table, dialect: str, samples: Samples) -> str:
    """Return a table in the types and quotes of ``dialect``, with the values of its columns, by table and column."""
    lines = [_column(column, dialect, samples.get((table.name, column.name), [])) for column in table.columns]
    if table.primary_key:
        lines.append((f"PRIMARY KEY ({_names(table.primary_key, dialect)})", ""))
    lines += [(_foreign_key(key, dialect), "") for key in table.foreign_keys]
    body = [
        f"  {line}{',' if place < len(lines) else ''}{note}" for place, (line, note) in enumerate(lines, 1)
    ]  # a comma comes before the comment
    comment = f" -- {_one_line(table.comment)}" if table.comment else ""
    return "\n".join([f"CREATE TABLE {_name(table.name, dialect)} ({comment}", *body, ");"])


def _column(column: Column, dialect: str, values: list[Any]) -> tuple[str, str]:
    """Return a column's definition and the comment after it."""
    required = "" if column.nullable else " NOT NULL"
    written = f"{_name(column.name, dialect)} {get_dialect(dialect).native_types[column.type]}{required}"
    shown = json.dumps([str(value)[:_LONGEST] for value in values], ensure_ascii=False)
    said = [_one_line(column.comment or ""), f"e.g. {shown}" if values else ""]
    return written, f" -- {' '.join(filter(None, said))}" if any(said) else ""


def _foreign_key(key: ForeignKey, dialect: str) -> str:
    referred = f"{_name(key.referred_table, dialect)} ({_names(key.referred_columns, dialect)})"
    return f"FOREIGN KEY ({_names(key.columns, dialect)}) REFERENCES {referred}"


def _names(columns: tuple[str, ...], dialect: str) -> str:
    return ", ".join(_name(column, dialect) for column in columns)


def _name(name: str, dialect: str) -> str:
    """Return a name as a query has to write it."""
    return natural_identifier(name, dialect).sql(get_dialect(dialect).sqlglot)


def _one_line(text: str) -> str:
    return " ".join(text.split())
