"""What a question loses or adds when it is said in other words, as checked against its query's syntax tree.

The check is strict: what it cannot find again counts as lost.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from sqlglot import exp

from ..tools.dialects import get_dialect
from ..tools.literals import missing_literals
from ..tools.mutation_columns import source_column
from ..tools.parsing import parsed
from ..tools.schema import Schema
from .meaning_words import Mark, marks, values
from .verbalise.naming import column_phrase, plural, table_noun

_SAID_OF: dict[type[exp.Expr], str] = {
    exp.GT: "more than", exp.GTE: "at least", exp.LT: "less than", exp.LTE: "at most",
}  # fmt: skip
_MIRRORED = {"more than": "less than", "less than": "more than", "at least": "at most", "at most": "at least"}
_OPERATIONS: dict[type[exp.Expr], str] = {
    exp.Avg: "average", exp.Sum: "total", exp.Max: "highest", exp.Min: "lowest", exp.Median: "median",
    exp.Count: "number", exp.Distinct: "different", exp.Group: "each", exp.Not: "not", exp.NEQ: "not",
    exp.Except: "not", exp.Or: "either", exp.Between: "between", exp.Ordered: "sorted",
}  # fmt: skip
_WORDS_BEFORE, _WORDS_AFTER = 2, 3  # between a value and the comparison that is said of it
_DIRECTIONS = ("ascending", "descending")
_COMMON_WORDS = {"a", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "per", "the", "to", "with"}
_COUNTED = ("not", "or")  # one more or less of them turns a condition round


def lost_meaning(original: str, paraphrase: str, sql: str, dialect: str, schema: Schema) -> list[str]:
    """Return what ``paraphrase`` loses or adds beside ``original``, the question that ``sql`` is known to answer.

    Values, compared and shown columns, comparisons with values, aggregates, directions, grouping, negation and
    the like must be said by both. Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    tree = parsed(sql, get_dialect(dialect).sqlglot)
    names = _names(schema)
    before, after = _said(original, names), _said(paraphrase, names)
    used = _phrases(tree, schema)
    return [
        *(f"value {value}" for value in missing_literals(paraphrase, sql, dialect)),
        *(f"added value {value}" for value in sorted(values(paraphrase) - values(original))),
        *_lost_columns(tree, used, schema, before, after),
        *_lost_operations(tree, before, after),
        *_lost_comparisons(tree, used, schema, before, after),
    ]


class _Said:
    """A question, with the operations and columns that it mentions."""

    def __init__(self, text: str, names: re.Pattern[str] | None) -> None:
        self.text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        self.marks = marks(self.text, names)

    @property
    def operations(self) -> set[str]:
        """The operations that are said at all; a direction says that there is an order."""
        found = {mark.operation for mark in self.marks}
        return found | {"sorted"} if found & set(_DIRECTIONS) else found

    @property
    def directions(self) -> list[str]:
        """The directions in the order in which they are said."""
        return [mark.operation for mark in self.marks if mark.operation in _DIRECTIONS]

    def often(self, operation: str) -> int:
        """Return how often an operation is said."""
        return sum(mark.operation == operation for mark in self.marks)

    def mentions(self, name: str) -> list[int]:
        """Return where a column's phrase is said, in the singular or plural."""
        return [found.start() for found in _phrase_pattern(name).finditer(self.text)]

    def compared(self, value: str) -> set[str]:
        """Return the comparisons that are said of ``value``, wherever it stands."""
        places = [found.span() for found in re.finditer(rf"(?<![\w.]){re.escape(value)}(?![\w])", self.text)]
        return {mark.operation for start, end in places for mark in self.marks if self._beside(mark, start, end)}

    def _beside(self, mark: Mark, start: int, end: int) -> bool:
        if mark.operation not in _MIRRORED:
            return False
        if self.text[mark.start : mark.start + 3].lower() in ("or ", "and"):  # 20 or more
            return mark.start >= end and len(self.text[end : mark.start].split()) <= _WORDS_AFTER
        return mark.end <= start and len(self.text[mark.end : start].split()) <= _WORDS_BEFORE

    def column_of(self, value: str, columns: set[str]) -> str | None:
        """Return which of ``columns`` is said last before ``value``, the longer name where two begin together."""
        place = self.text.find(value)
        found = [(start, len(name), name) for name in columns for start in self.mentions(name) if start < place]
        return max(found)[2] if found else None


@lru_cache(maxsize=64)
def _said(text: str, names: re.Pattern[str] | None) -> _Said:
    """Return a question as it was read when it was first compared."""
    return _Said(text, names)


def _lost_columns(tree: exp.Expr, used: set[str], schema: Schema, before: _Said, after: _Said) -> Iterator[str]:
    read = {table.name.lower() for table in tree.find_all(exp.Table)}
    tables = [table for table in schema.tables if table.name.lower() in read]
    known = {column_phrase(c).text for t in tables for c in t.columns}
    for name in sorted(known):
        if name in used and before.mentions(name) and not after.mentions(name):
            yield f"column {name}"
        if name not in used and after.mentions(name) and not before.mentions(name):
            yield f"added column {name}"
    words = {word for name in known.union(map(table_noun, tables)) for word in name.split()} - _COMMON_WORDS
    for word in sorted(words):  # origin and destination: the role in which a table is joined
        if before.mentions(word) and not after.mentions(word):
            yield f"the word {word}"
    less = [name for name in sorted(used) if len(after.mentions(name)) < len(before.mentions(name))]
    if less and any(len(after.mentions(name)) > len(before.mentions(name)) for name in used):
        yield f"another column for {less[0]}"


def _lost_operations(tree: exp.Expr, before: _Said, after: _Said) -> Iterator[str]:
    computed = {said for node in tree.walk() if (said := _OPERATIONS.get(type(node)))}
    yield from (f"the query's '{each}'" for each in sorted(computed & before.operations - after.operations))
    yield from (f"'{each}'" for each in sorted(before.operations - after.operations - computed))
    yield from (f"added '{each}'" for each in sorted(after.operations - before.operations))
    for each in _COUNTED:
        if before.often(each) != after.often(each) and each in before.operations & after.operations:
            yield f"how often '{each}' is said"
    if before.directions != after.directions:
        yield "the directions of the order"


def _lost_comparisons(tree: exp.Expr, used: set[str], schema: Schema, before: _Said, after: _Said) -> Iterator[str]:
    """Yield the values of which another comparison or column is said than in the query."""
    for node, value, other in _compared(tree):
        said = _SAID_OF.get(type(node))
        wanted = {_MIRRORED[said] if node.this is value else said} if said else set()
        if before.compared(value.name) == wanted != after.compared(value.name):
            yield f"the comparison with {value.name}"
        name = _phrase(other, schema) if isinstance(other, exp.Column) else None
        if name and before.column_of(value.name, used) == name != after.column_of(value.name, used):
            yield f"what is compared with {value.name}"


def _compared(tree: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr, exp.Expr]]:
    """Yield each comparison with a literal, the literal, and what it is compared with."""
    for node in tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ):
        for value, other in ((node.this, node.expression), (node.expression, node.this)):
            if isinstance(value, exp.Literal):
                yield node, value, other


def _phrase(column: exp.Column, schema: Schema) -> str | None:
    place = source_column(column, schema)
    return column_phrase(place[1]).text if place else None


def _phrases(tree: exp.Expr, schema: Schema) -> set[str]:
    return {phrase for column in tree.find_all(exp.Column) if (phrase := _phrase(column, schema))}


@lru_cache(maxsize=16)
def _names(schema: Schema) -> re.Pattern[str] | None:
    """Return a pattern of the columns' phrases that hold words of an operation, such as ``number of seats``."""
    phrases = {column_phrase(column).text for table in schema.tables for column in table.columns}
    telling = [re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True) if marks(phrase)]
    return re.compile(rf"\b(?:{'|'.join(telling)})\b", re.IGNORECASE) if telling else None


@cache
def _phrase_pattern(name: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in (plural(name), name))
    return re.compile(rf"\b(?:{forms})\b", re.IGNORECASE)
