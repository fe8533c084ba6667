"""Read seed queries: SQL files over the shop, and lists in the format of Spider."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from .errors import UsageError
from .schema import Column, ColumnType, ForeignKey, Schema, Table

_NAME = re.compile(r"^--\s*name:\s*(\S+)\s*$", re.MULTILINE)
_STATEMENT_END = re.compile(r";[ \t]*(?:\n|\Z)")
_SPIDER_TYPES = {
    "text": ColumnType.TEXT,
    "number": ColumnType.DECIMAL,
    "time": ColumnType.DATE,
    "boolean": ColumnType.BOOLEAN,
    "others": ColumnType.OTHER,
}


@dataclass(frozen=True, slots=True)
class Seed:
    """A named query over a schema, in its own dialect."""

    name: str
    sql: str
    dialect: str
    schema: Schema


def read_sql_seeds(path: Path, dialect: str) -> Iterator[Seed]:
    """Yield the queries of a SQL file over the shop: each ends a line with ``;``.

    A comment line ``-- name: …`` names the query; others are named after the file and their place.
    """
    schema = _shop_schema()
    chunks = (chunk.strip() for chunk in _STATEMENT_END.split(path.read_text(encoding="utf-8")))
    for place, chunk in enumerate(filter(None, chunks), start=1):
        named = _NAME.search(chunk)
        name = named[1] if named else f"{path.stem}_{place}"
        yield Seed(name, _NAME.sub("", chunk).strip(), dialect, schema)


def read_spider_seeds(path: Path) -> Iterator[Seed]:
    """Yield the queries of a Spider-format list, whose ``tables.json`` lies beside it or one folder up.

    Format: https://github.com/taoyds/spider#data-content-and-format. Raises ``UsageError``.
    """
    tables = next((file for file in _tables_files(path) if file.is_file()), None)
    if tables is None:
        raise UsageError(f"{path} needs the tables.json of its data set: put it beside that file.")
    try:
        schemas = {database["db_id"]: _spider_schema(database) for database in _read_json(tables)}
        for place, item in enumerate(_read_json(path)):
            yield Seed(f"{path.stem}_{place}", item["query"], "sqlite", schemas[item["db_id"]])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UsageError(f"{path} or {tables} is not in Spider's format: {error!r}.") from error


def _tables_files(path: Path) -> Iterator[Path]:
    folder = path.resolve().parent
    return (each / "tables.json" for each in (folder, folder.parent))


def _read_json(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, list):
        raise TypeError(f"{path.name} is no list")
    return found


def _spider_schema(database: dict[str, Any]) -> Schema:
    names = database["table_names_original"]
    tables = (_spider_table(database, place, name) for place, name in enumerate(names))
    return Schema(database["db_id"], tuple(tables))


def _spider_table(database: dict[str, Any], place: int, name: str) -> Table:
    columns, types = database["column_names_original"], database["column_types"]
    tables = database["table_names_original"]
    own = {number: column for number, (table, column) in enumerate(columns) if table == place}
    keys = set(chain.from_iterable(_listed(key) for key in database["primary_keys"]))
    foreign_keys = (
        ForeignKey((own[here],), tables[columns[there][0]], (columns[there][1],))
        for here, there in database["foreign_keys"]
        if here in own
    )
    return Table(
        name,
        tuple(Column(column, _SPIDER_TYPES[types[number]]) for number, column in own.items()),
        tuple(column for number, column in own.items() if number in keys),
        tuple(foreign_keys),
    )


def _listed(key: int | list[int]) -> list[int]:
    return key if isinstance(key, list) else [key]


@lru_cache
def _shop_schema() -> Schema:
    from .sources import open_source  # loads drivers, which only this needs

    shop = open_source("shop")
    try:
        return shop.schema()
    finally:
        shop.close()
