"""ClickHouse databases: a source loaded into a folder of MergeTree tables.

ClickHouse is loaded in a process of its own, never in ours: it starts threads, and holds one folder for as long as its
process lives.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.ddl import names
from isogloss.tools.engines.loading import Plan, Source, plan
from isogloss.tools.engines.scratch import Scratch
from isogloss.tools.errors import IsoglossError
from isogloss.tools.identifiers import quoted
from isogloss.tools.outcome import Limits
from isogloss.tools.schema import ColumnType, Schema

from .ranges import StorableSource

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into a temporary folder; raises ``IsoglossError`` if ClickHouse does not take it."""
    scratch = Scratch()
    storable = StorableSource(source)
    plans = [plan(storable, table, get_dialect("clickhouse"), _STORED_AS) for table in storable.schema().tables]
    statements = [each for one in plans for each in _statements(one, _write(scratch.path, one, storable))]
    (scratch.path / "load.json").write_text(json.dumps(statements))
    command = [sys.executable, "-P", "-m", f"{__package__}.filling", str(scratch.path)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    if done.returncode:
        scratch.close()
        raise IsoglossError(f"ClickHouse cannot load {storable.schema().name}: {done.stderr.strip()[-500:]}")
    loaded = Schema(storable.schema().name, tuple(each.table for each in plans))
    return Database("clickhouse", loaded, {"path": str(scratch.path / "database")}, scratch.close)


def _statements(each: Plan, file: Path) -> tuple[str, str]:
    table = quoted(each.table.name, "clickhouse")
    key = f"({names(each.table.primary_key, 'clickhouse')})" if each.table.primary_key else "tuple()"
    columns = each.column_definitions("clickhouse")
    create = f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY {key} SETTINGS allow_nullable_key = 1"
    return create, f"INSERT INTO {table} SELECT * FROM file('{file}', 'TabSeparated')"


def _write(folder: Path, each: Plan, source: Source) -> Path:
    """Write a table's rows for ClickHouse to read (https://clickhouse.com/docs/interfaces/formats/TabSeparated)."""
    path = folder / f"{len(list(folder.iterdir()))}.tsv"
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        for row in each.rows(source):
            file.write("\t".join(map(_field, row)) + "\n")
    return path


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    return (str(value).lower() if isinstance(value, bool) else str(value)).translate(_ESCAPES)


def _timestamp(value: datetime) -> str:
    """Return a moment as ClickHouse reads it, in UTC if the value has a zone."""
    return str(value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value)


_STORED_AS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.TIMESTAMPTZ: _timestamp,
}
