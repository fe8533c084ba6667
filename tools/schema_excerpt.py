"""A schema for a prompt: whole, or trimmed to a budget of tokens by what the request is about."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from .schema import Schema, Table
from .token_estimate import text_tokens

_WORD = re.compile(r"[^\W_]+")
_NAMED = 100  # what a table's own name in a request weighs, against one for each other word in common
_SMALLEST = 10  # tokens: what holds no table
_LISTED = 40  # names of left-out tables told


class SchemaExcerpt:
    """A schema whose tables ``render`` writes; with ``tokens``, only as much of it as they hold (estimated)."""

    def __init__(self, schema: Schema, render: Callable[[Table], str], tokens: int | None = None) -> None:
        self._schema, self._render, self._tokens = schema, render, tokens
        self._whole = "\n".join(map(render, schema.tables))
        self._fits = tokens is None or text_tokens(self._whole) <= tokens
        self._words = {table.name: _words(_described(table)) for table in schema.tables}
        self._neighbours = _neighbours(schema)
        self._names = text_tokens(", ".join(table.name for table in schema.tables[:_LISTED]))

    def about(self, text: str, variation: int = 0) -> str:
        """Return the tables nearest to ``text``: those it names, those that share its words, their neighbours.

        Among tables equally near, each ``variation`` takes others. Names of tables left out are told at the end.
        """
        if self._fits or self._tokens is None:
            return self._whole
        shown: dict[str, Table] = {}
        left = self._tokens - min(self._tokens // 3, self._names)
        for table in self._nearest(text, variation):
            if left < _SMALLEST:
                break
            cut = table if shown else self._cut(table, text, left)
            needed = text_tokens(self._render(cut))
            if needed <= left or not shown:
                shown[table.name], left = cut, left - needed
        kept = [_within(shown[t.name], set(shown)) for t in self._schema.tables if t.name in shown]
        rest = [t.name for t in self._schema.tables if t.name not in shown]
        told = [f"-- further tables: {', '.join(rest[:_LISTED])}"] if rest else []
        return "\n".join([*map(self._render, kept), *told])

    def _nearest(self, text: str, variation: int) -> Iterator[Table]:
        """Yield every table, nearest first; a table once yielded brings its neighbours nearer."""
        asked, named = _words(text), set(re.findall(r"\w+", text.lower()))
        lots = random.Random(variation)
        score = {
            t.name: self._shared(t, asked) + _NAMED * (t.name.lower() in named) + lots.random()
            for t in self._schema.tables
        }
        rest, near = {t.name: t for t in self._schema.tables}, set[str]()
        while rest:
            best = max(rest, key=lambda name: score[name] + (_NAMED / 2 if name in near else 0))
            near |= self._neighbours[best]
            yield rest.pop(best)

    def _shared(self, table: Table, asked: frozenset[str]) -> int:
        """Return how many words a table shares with those asked; one of its name counts twice."""
        return len(asked & self._words[table.name]) + len(asked & _words(table.name))

    def _cut(self, table: Table, text: str, tokens: int) -> Table:
        """Return the table with as many columns as fit: keys first, then those that share words with ``text``."""
        keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
        asked = _words(text)
        by_need = sorted(table.columns, key=lambda c: (c.name not in keys, -len(asked & _words(c.name))))
        while len(by_need) > 1:
            names = {column.name for column in by_need}
            cut = replace(table, columns=tuple(c for c in table.columns if c.name in names))
            if text_tokens(self._render(cut)) <= tokens:
                return cut
            by_need = by_need[: len(by_need) * 3 // 4]
        return replace(table, columns=tuple(by_need))


def _neighbours(schema: Schema) -> dict[str, set[str]]:
    """Return for each table those that it refers to and those that refer to it."""
    found: dict[str, set[str]] = {table.name: set() for table in schema.tables}
    for table in schema.tables:
        for key in table.foreign_keys:
            found[table.name].add(key.referred_table)
            found.setdefault(key.referred_table, set()).add(table.name)
    return found


def _within(table: Table, names: set[str]) -> Table:
    """Return the table with those of its foreign keys that lead to tables shown."""
    return replace(table, foreign_keys=tuple(k for k in table.foreign_keys if k.referred_table in names))


def _described(table: Table) -> str:
    columns = (f"{column.name} {column.comment or ''}" for column in table.columns)
    return " ".join([table.name, table.comment or "", *columns])


def _words(text: str) -> frozenset[str]:
    """Return the words of a text or of names, in lower case and without a plural's s."""
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(text))
