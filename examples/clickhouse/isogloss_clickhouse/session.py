"""ClickHouse in a child process: read-only by ClickHouse's own setting, without files, network or system tables.

https://clickhouse.com/docs/operations/settings/permissions-for-queries
"""

import os
import re
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isogloss.tools.engines.session import RefusedError, Result, bounded
from isogloss.tools.outcome import Limits

from .connection import connect
from .rules import broken_rule, forbidden
from .values import reader, rows_of

_FORMAT = "JSONCompactEachRowWithNamesAndTypes"
_CODE = re.compile(r"Code: (\d+)\.")
_OURS = re.compile(r"\s*:? In scope SELECT formatQuerySingleLine.*", re.DOTALL)


class ClickhouseSession:
    """A read-only connection to a copy of a database's folder, since ClickHouse gives a folder to one process only."""

    def __init__(self, path: str, limits: Limits) -> None:
        copy = Path(tempfile.mkdtemp(dir=Path(path).parent)) / "database"
        ignored = shutil.ignore_patterns("status", "tmp")
        shutil.copytree(path, copy, symlinks=True, copy_function=os.link, ignore=ignored)  # its files never change
        self._session = connect(copy, _settings(limits))
        self._forbidden = forbidden(self._values("SELECT name FROM system.table_functions"))
        [number] = self._values("SELECT version()")
        self.version = f"ClickHouse {number} (join_use_nulls = 1)"
        # Whatever a rule may let through, this process can write no file.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one statement, as ClickHouse itself reads it; raises what ``Session.run`` may and ``RuntimeError``."""
        read = self._read(sql)
        if rule := broken_rule(read, self._forbidden):
            raise RefusedError(rule)
        stream = self._session.send_query(read, _FORMAT)
        try:
            return self._result(stream, limits)
        except RuntimeError as error:
            raise RuntimeError(str(error).removeprefix("Streaming query failed: ")) from error
        finally:
            stream.close()

    def _read(self, sql: str) -> str:
        """Return a statement as ClickHouse writes it: no comments, keywords in capitals, quotes where it needs them."""
        try:
            [written] = self._values(f"SELECT formatQuerySingleLine(unhex('{sql.encode().hex()}'))")
        except RuntimeError as error:
            if "Multi-statements" in str(error):
                raise RefusedError("one_statement") from error
            raise RuntimeError(_OURS.sub("", str(error))) from error
        return str(written)

    def _result(self, stream: Any, limits: Limits) -> Result:
        columns: list[tuple[str, ...]] = []

        def rows() -> Iterator[tuple[Any, ...]]:
            for chunk in stream:
                names, types, *lines = rows_of(chunk.bytes())
                columns.append(tuple(names))
                readers = [reader(each) for each in types]
                yield from (tuple(read(v) for read, v in zip(readers, line, strict=True)) for line in lines)

        found = bounded(rows(), limits)
        return Result(columns[0] if columns else (), found)

    def _values(self, sql: str) -> list[Any]:
        _, _, *lines = rows_of(self._session.query(sql, _FORMAT).bytes())
        return [value for (value,) in lines]

    def error_code(self, error: Exception) -> str:
        """Return ClickHouse's number of an error."""
        found = _CODE.search(str(error))
        return found[1] if found else type(error).__name__


def _settings(limits: Limits) -> dict[str, str | int]:
    return {
        "readonly": 1,  # reading only, no table functions beyond this database, and no change of any setting
        "join_use_nulls": 1,  # NULL where an outer join finds no row, as in other dialects, not 0 or ''
        "enable_time_time64_type": 1,
        "max_threads": 1,
        "max_memory_usage": limits.memory_bytes // 2,
        "max_bytes_before_external_sort": 0,
        "max_bytes_before_external_group_by": 0,
        "max_bytes_ratio_before_external_sort": 0,
        "max_bytes_ratio_before_external_group_by": 0,
        "output_format_json_quote_64bit_integers": 0,
        "output_format_json_quote_decimals": 1,
        "output_format_json_quote_denormals": 1,
        "output_format_json_validate_utf8": 0,
        "output_format_json_named_tuples_as_objects": 0,
    }


def open_session(path: str, limits: Limits) -> ClickhouseSession:
    """Open the database in the folder ``path``; raises ``RuntimeError`` if it is none."""
    return ClickhouseSession(path, limits)
