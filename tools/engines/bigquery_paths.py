"""Table paths: in BigQuery a table has a dataset and a project, in the evaluator's catalog only a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from .bigquery_syntax import Syntax
from .session import UnsupportedError


class UnknownTableError(Exception):
    """The dataset has no such table."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset's name and its tables; the project may have any name."""

    name: str
    tables: tuple[str, ...]

    def resolved(self, sql: bytes, syntax: Syntax) -> bytes:
        """Return the statement with every path to one of the tables replaced by the table's name.

        Raises ``UnknownTableError`` for a name in other letters, since table names are case-sensitive
        (https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#case_sensitivity), and
        ``UnsupportedError`` for wildcard tables and INFORMATION_SCHEMA.
        """
        defined = {name.lower() for name, _ in syntax.defined}
        for path in sorted(syntax.paths, key=lambda path: path.span, reverse=True):
            parts = path.segments if len(path.segments) > 1 else tuple(path.segments[0].split("."))
            if path.segments[0] in self.tables or path.segments[0].lower() in defined:
                continue
            self._check(parts)
            if len(parts) > 1 and parts[-2] == self.name and parts[-1] in self.tables:
                sql = sql[: path.span.start] + f"`{parts[-1]}`".encode() + sql[path.span.end :]
        return sql

    def _check(self, parts: Sequence[str]) -> None:
        if any(part.upper() == "INFORMATION_SCHEMA" for part in parts):
            raise UnsupportedError("INFORMATION_SCHEMA is not loaded")
        if parts[-1].endswith("*"):
            self._check_wildcard(parts[-1].rstrip("*"))
        alike = [table for table in self.tables if table.lower() == parts[-1].lower()]
        if alike and parts[-1] not in alike:
            raise UnknownTableError(f"Table not found: {'.'.join(parts)}; Did you mean {alike[0]}?")

    def _check_wildcard(self, prefix: str) -> None:
        if any(table.startswith(prefix) for table in self.tables):
            raise UnsupportedError("wildcard tables cannot be queried here")
        raise UnknownTableError(f"{self.name}.{prefix}* does not match any table.")
