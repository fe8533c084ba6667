"""A schema as text for a prompt: CREATE TABLE statements with comments and sample values, and back."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..tools.schema import Column, ColumnType, ForeignKey, Schema, Table
from .verbalise.naming import column_kind

_TABLE = re.compile(r"CREATE TABLE (?P<name>\S+) \((?: -- (?P<comment>[^\n]*))?\n(?P<body>.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"^  (?P<name>\S+) (?P<type>[A-Z]+)(?P<required> NOT NULL)?,?(?: -- ?(?P<comment>.*))?$")
_SAMPLES = re.compile(r"(^| )e\.g\. \[.*\]$")
_PRIMARY = re.compile(r"^  PRIMARY KEY \((?P<columns>.+)\),?$")
_FOREIGN = re.compile(r"^  FOREIGN KEY \((?P<columns>.+)\) REFERENCES (?P<table>\S+) \((?P<referred>.+)\),?$")


def render_schema(schema: Schema, samples: Mapping[tuple[str, str], list[Any]] | None = None) -> str:
    """Return ``schema`` as CREATE TABLE statements, a comment and up to three sample values beside each column."""
    return "\n".join(render_table(table, samples or {}) for table in schema.tables)


def column_kinds(schema: Schema) -> str:
    """Return the kinds of columns a schema has, as templates name them: ``date, key, number, text``."""
    kinds = {column_kind(column) for table in schema.tables for column in table.columns}
    return ", ".join(sorted(kinds | {"key"}))


def render_table(table: Table, samples: Mapping[tuple[str, str], list[Any]]) -> str:
    """Return one table as CREATE TABLE, with the samples of its columns, by table and column."""
    lines = [_render_column(c, samples.get((table.name, c.name), [])) for c in table.columns]
    if table.primary_key:
        lines.append(f"  PRIMARY KEY ({', '.join(table.primary_key)}),")
    lines += [
        f"  FOREIGN KEY ({', '.join(k.columns)}) REFERENCES {k.referred_table} ({', '.join(k.referred_columns)}),"
        for k in table.foreign_keys
    ]
    comment = f" -- {_one_line(table.comment)}" if table.comment else ""
    return f"CREATE TABLE {table.name} ({comment}\n" + "\n".join(lines) + "\n);"


def _render_column(column: Column, values: list[Any]) -> str:
    required = "" if column.nullable else " NOT NULL"
    comment = f" -- {_one_line(column.comment)}" if column.comment else " --" if values else ""
    shown = f" e.g. {json.dumps([str(v)[:40] for v in values[:3]], ensure_ascii=False)}" if values else ""
    return f"  {column.name} {column.type.value.upper()}{required},{comment}{shown}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=64)
def read_schema(text: str) -> Schema:
    """Return the schema that ``render_schema`` rendered as ``text``."""
    return Schema("", tuple(_read_table(m) for m in _TABLE.finditer(text)))


def _read_table(match: re.Match[str]) -> Table:
    columns: list[Column] = []
    foreign: list[ForeignKey] = []
    primary: tuple[str, ...] = ()
    for line in match["body"].splitlines():
        if found := _PRIMARY.match(line):
            primary = _names(found["columns"])
        elif found := _FOREIGN.match(line):
            foreign.append(ForeignKey(_names(found["columns"]), found["table"], _names(found["referred"])))
        elif found := _COLUMN.match(line):
            comment = _SAMPLES.sub("", found["comment"] or "").strip() or None
            columns.append(Column(found["name"], ColumnType(found["type"].lower()), not found["required"], comment))
    return Table(match["name"], tuple(columns), primary, tuple(foreign), match["comment"])


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
