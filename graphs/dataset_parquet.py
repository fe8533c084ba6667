"""Rows as Parquet, a part at a time, written by DuckDB in little memory."""

import glob
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path

import duckdb

from ..tools.errors import UsageError

_SHARD_ROWS = 100_000
_GROUP_ROWS = 10_000  # kept in memory until they are written
_MEMORY = "512MB"  # at most: a limit for rows of any size


def write_shards(lines: Iterator[bytes], folder: Path, name: str, types: Mapping[str, str]) -> list[Path]:
    """Write rows, each a line of JSON, as ``NAME-00000-of-00003.parquet`` and so on in a folder; none of no rows.

    ``types`` are those of the columns, as DuckDB names them.
    """
    shards: list[Path] = []
    rows = folder / f".{name}.jsonl"
    while _write_lines(rows, islice(lines, _SHARD_ROWS)):
        shards.append(folder / f"{name}-{len(shards):05d}.parquet")
        columns = ", ".join(f"{_text(column)}: {_text(kind)}" for column, kind in types.items())
        _copy(f"read_json({_read(rows)}, format = 'newline_delimited', columns = {{{columns}}})", shards[-1])
    rows.unlink()
    return [shard.rename(shard.with_stem(f"{shard.stem}-of-{len(shards):05d}")) for shard in shards]


def join_shards(shards: list[Path], out: Path) -> None:
    """Write the rows of some files as one."""
    _copy(f"read_parquet([{', '.join(map(_read, shards))}])", out)


def _write_lines(path: Path, lines: Iterator[bytes]) -> int:
    with path.open("wb") as file:
        return sum(map(file.write, lines))


def _copy(source: str, out: Path) -> None:
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP_ROWS}"
    with closing(duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY})) as connection:
        try:
            connection.execute(f"COPY (SELECT * FROM {source}) TO {_text(str(out))} ({options})")
        except duckdb.IOException as error:
            raise UsageError(f"{out.name} cannot be written: {error}.") from error


def _read(path: Path) -> str:
    return _text(glob.escape(str(path)))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
