"""Keeping every pair of a run different: no query twice, no skeleton twice on the same tables."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from ..tools.normal_form import normal_form
from ..tools.parsing import parsed
from .totals import ItemResult


class Duplicates:
    """The queries and skeletons kept so far, as digests."""

    def __init__(self, kept: Iterable[dict[str, Any]] = ()) -> None:
        self._queries: set[str] = set()
        self._shapes: set[bytes] = set()
        for pair in kept:
            self.find(pair)

    def find(self, pair: dict[str, Any]) -> str | None:
        """Return what a pair repeats (``duplicate query`` or ``duplicate skeleton``), else remember it."""
        query = pair.get("sql_digest") or sql_digest(pair["sql"], pair["dialect"])
        shape = _digest(repr((pair["skeleton"], pair["tables"])))
        if query in self._queries:
            return "duplicate query"
        if shape in self._shapes:
            return "duplicate skeleton"
        self._queries.add(query)
        self._shapes.add(shape)
        return None

    def sorted_out(self, result: ItemResult) -> ItemResult:
        """Return the result of an item, rejected if its pair repeats another."""
        reason = self.find(result.pair) if result.pair else None
        return replace(result, status="rejected", reason=reason, pair=None) if reason else result


class Repetitions:
    """The pairs of several runs so far, as digests."""

    def __init__(self) -> None:
        self._built: defaultdict[tuple[str, str], Duplicates] = defaultdict(Duplicates)
        self._asked: set[bytes] = set()

    def find(self, pair: dict[str, Any]) -> bool:
        """Tell whether a pair repeats another on a database of that name in its dialect, else remember it.

        Pairs made of a seed query repeat each other as in one run; of others, whose questions came from elsewhere,
        question and query must be equal.
        """
        place = str(pair.get("dialect")), str(pair.get("database"))
        if "seed_query" in pair:
            return self._built[place].find(pair) is not None
        asked = _digest(repr((*place, pair["question"], pair["sql"])))
        known = asked in self._asked
        self._asked.add(asked)
        return known


def sql_digest(sql: str, dialect: str) -> str:
    """Return a digest that queries share which differ in nothing but how they are written."""
    return _digest(normal_form(sql, dialect)).hex()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def tables_of(sql: str, dialect: str) -> tuple[str, ...]:
    """Return the tables a query reads, sorted, its own CTEs left out."""
    tree = parsed(sql, dialect)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return tuple(sorted({t.name for t in tree.find_all(exp.Table)} - own - {""}))
