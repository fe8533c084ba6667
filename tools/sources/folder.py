"""A folder of CSV or Parquet files as a source: one table a file, types inferred by DuckDB."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..identifiers import quoted
from .digests import file_digest
from .duckdb_file import DuckdbTables

if TYPE_CHECKING:
    import duckdb

_READERS = {".csv": "read_csv", ".tsv": "read_csv", ".parquet": "read_parquet"}


def folder(path: Path) -> DuckdbTables:
    """Read the files directly under ``path``; raises ``UsageError`` if there is none or one cannot be read.

    Types are those DuckDB infers from a whole CSV file (https://duckdb.org/docs/stable/data/csv/auto_detection)
    or that a Parquet file declares. There are no keys.
    """
    import duckdb

    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _READERS)
    if not files:
        raise UsageError(f"{path} holds no CSV, TSV or Parquet file.")
    connection = duckdb.connect()
    for file in files:
        try:
            _read(connection, file)
        except duckdb.Error as error:
            connection.close()
            raise UsageError(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    digest = hashlib.sha256("".join(f"{file.name} {file_digest(file)}\n" for file in files).encode())
    return DuckdbTables(path.resolve().name.lower(), digest.hexdigest(), connection)


def _read(connection: "duckdb.DuckDBPyConnection", file: Path) -> None:
    reader = _READERS[file.suffix.lower()]
    sample = ", sample_size = -1" if reader == "read_csv" else ""
    connection.execute(f"CREATE TABLE {quoted(file.stem)} AS FROM {reader}(?{sample})", [str(file)])
