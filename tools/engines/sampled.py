"""A source of which an engine holds only some rows."""

from collections.abc import Collection, Iterator, Mapping

from ..schema import Schema
from .loading import Row, Source, chosen


class SampledSource:
    """A source with the rows of each table that ``kept`` numbers; all rows of tables not in it."""

    def __init__(self, source: Source, kept: Mapping[str, Collection[int]]) -> None:
        self._source, self._kept = source, kept

    def schema(self) -> Schema:
        """Return the schema, the same."""
        return self._source.schema()

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows that are kept."""
        return chosen(self._source.rows(table), self._kept.get(table))
