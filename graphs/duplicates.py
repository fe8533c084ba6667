"""Keeping every pair of a run different: no query twice, no skeleton twice on the same tables."""

from collections.abc import Iterable

from sqlglot import exp

from ..tools.normal_form import normal_form
from ..tools.parsing import parsed
from ..tools.skeleton import skeleton


class Duplicates:
    """The queries and skeletons kept so far."""

    def __init__(self, dialect: str, kept: Iterable[str] = ()) -> None:
        self.dialect = dialect
        self._queries: set[str] = set()
        self._shapes: set[tuple[str, tuple[str, ...]]] = set()
        for sql in kept:
            self.find(sql)

    def find(self, sql: str) -> str | None:
        """Return what ``sql`` repeats (``duplicate query`` or ``duplicate skeleton``), else remember it."""
        normalised = normal_form(sql, self.dialect)
        shape = (skeleton(sql, self.dialect), tables_of(sql, self.dialect))
        if normalised in self._queries:
            return "duplicate query"
        if shape in self._shapes:
            return "duplicate skeleton"
        self._queries.add(normalised)
        self._shapes.add(shape)
        return None


def tables_of(sql: str, dialect: str) -> tuple[str, ...]:
    """Return the tables a query reads, sorted, its own CTEs left out."""
    tree = parsed(sql, dialect)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return tuple(sorted({t.name for t in tree.find_all(exp.Table)} - own - {""}))
