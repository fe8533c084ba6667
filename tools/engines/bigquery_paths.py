"""Table paths: in BigQuery a table has a dataset and a project, in the evaluator's catalog only a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .session import UnsupportedError

# What may look like a path but is none: strings (plain, triple-quoted, raw) and comments.
# https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
_NO_PATHS = r"'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|--[^\n]*|#[^\n]*|/\*.*?\*/"


class UnknownTableError(Exception):
    """The dataset has no such table."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset's name and its tables; the project may have any name."""

    name: str
    tables: tuple[str, ...]

    def resolved(self, sql: str, paths: Sequence[tuple[str, ...]]) -> str:
        """Return the query with each path of ``paths``, as the parser finds them, replaced by the table's name.

        Raises ``UnknownTableError`` for a name in other letters, since table names are case-sensitive
        (https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#case_sensitivity), and
        ``UnsupportedError`` for wildcard tables and INFORMATION_SCHEMA.
        """
        for path in paths:
            parts = [part for segment in path for part in segment.split(".")]
            if len(path) == 1 and path[0] in self.tables:
                continue
            self._check(parts)
            if len(parts) > 1 and parts[-2] == self.name and parts[-1] in self.tables:
                sql = _replaced(sql, parts)
        return sql

    def _check(self, parts: Sequence[str]) -> None:
        if any(part.upper() == "INFORMATION_SCHEMA" for part in parts):
            raise UnsupportedError("INFORMATION_SCHEMA is not loaded")
        if parts[-1].endswith("*"):
            self._check_wildcard(".".join(parts))
        alike = [table for table in self.tables if table.lower() == parts[-1].lower()]
        if alike and parts[-1] not in alike:
            raise UnknownTableError(f"Table not found: {'.'.join(parts)}; Did you mean {alike[0]}?")

    def _check_wildcard(self, path: str) -> None:
        prefix = path.rpartition(".")[2].rstrip("*")
        if any(table.startswith(prefix) for table in self.tables):
            raise UnsupportedError("wildcard tables cannot be queried here")
        raise UnknownTableError(f"{path} does not match any table.")


def _replaced(sql: str, parts: Sequence[str]) -> str:
    path = r"`?\s*\.\s*`?".join(map(re.escape, parts))
    pattern = re.compile(rf"{_NO_PATHS}|(?<![\w.`])`?(?P<path>{path})`?(?![\w`])", re.DOTALL)
    return pattern.sub(lambda found: f"`{parts[-1]}`" if found["path"] else found[0], sql)
