"""Imported pages as tutorials of ours: a section per snippet, with the keywords that it teaches."""

import re
from collections.abc import Iterator
from functools import cache

from ..tools.dialect_constructs import dialect_constructs, functions
from ..tools.dialects import get_dialect
from ..tools.vocabulary import vocabulary
from .chunking import examples_of, sections, split
from .keywords import COMMON, derived_keywords

_MOST = 8  # keywords of a section
_PLAIN = frozenset(
    """
    INT INTEGER BIGINT SMALLINT TINYINT DOUBLE FLOAT REAL NUMERIC DECIMAL CHAR VARCHAR TEXT STRING DATE TIME TIMESTAMP
    DATETIME BOOLEAN BOOL INT64 FLOAT64 TRUE FALSE SQL DATABASE SCHEMA COLUMN INDEX KEY PRIMARY FOREIGN REFERENCES
    CONSTRAINT DEFAULT TEMPORARY TEMP REPLACE USING LIMIT OFFSET INTERVAL CROSS NATURAL ALL ANY NAME OVER
    """.split()
) | {"GROUP BY", "ORDER BY", "UNION ALL", "PARTITION BY"}
_RESULT = re.compile(r"^(`{3,}|~{3,})text\n.*?^\1$", re.DOTALL | re.MULTILINE)
_CALLED = re.compile(r"([A-Za-z_]\w{2,})\(|^\W*([A-Za-z]\w+)\W*$")  # in a title: a call, or the only word


def as_tutorial(page: str, dialect: str) -> str:
    """Return tidy Markdown as sections that need no splitting, each ending with its keywords; empty of nothing."""
    told = [
        f"## {title}\n\n{part}\n\nKeywords: {', '.join(taught_keywords(title, part, dialect))}"
        for title, body in sections(page)
        for part in split(body)
        if says_something(part)
    ]
    return "".join(f"{each.rstrip()}\n\n" for each in told)


def says_something(text: str) -> bool:
    """Return whether there are words or examples in ``text``, not results and rules alone."""
    return re.search(r"[^\W\d_]{2,}", _RESULT.sub("", text)) is not None


def taught_keywords(title: str, text: str, dialect: str) -> tuple[str, ...]:
    """Return what of the dialect a section shows: what its title names first, then what its examples use.

    A word counts if the dialect has it, or if the title names it: a function of an extension is known from there.
    """
    shown = dict.fromkeys(word for sql in examples_of(text) for word in _used(sql, dialect))
    mentioned = [word for word in derived_keywords(text, dialect) if word not in _PLAIN]
    named = {word.upper() for word in re.findall(r"\w{2,}", title)}
    mentioned += [name.upper() for name in re.findall(r"\b([A-Za-z_]\w{2,})\(", text)]
    called = [name.upper() for names in _CALLED.findall(title) for name in names if name]
    mentioned += [name for name in called if "_" in name or f"{name}(" in title.upper() or name in _known(dialect)]
    known = [word for word in mentioned if (word in named or word in _known(dialect)) and word not in COMMON | _PLAIN]
    candidates = [*shown, *known]
    first = sorted(
        dict.fromkeys(candidates), key=lambda word: (bool(shown) and word not in shown, not _names(named, word, title))
    )
    return tuple(first[:_MOST])


def _names(named: set[str], word: str, title: str) -> bool:
    return word in named or (not word.isidentifier() and word in title.upper())


def _used(sql: str, dialect: str) -> Iterator[str]:
    """Yield the words of SQL in a query that say something about the dialect, its own before what others share."""
    own, known = dialect_constructs(sql, dialect), _known(dialect)
    words = [
        word
        for word in vocabulary(sql, dialect) - COMMON - _PLAIN
        if word in own or word in known or not word.isidentifier()
    ]
    yield from sorted(words, key=lambda word: (word not in own, word))


@cache
def _known(dialect: str) -> frozenset[str]:
    """Return the functions and keywords of the dialect by name."""
    from sqlglot.dialects.dialect import Dialect

    keywords = Dialect.get_or_raise(get_dialect(dialect).sqlglot).tokenizer_class.KEYWORDS
    return frozenset(word for word in keywords if word.isidentifier()) | {
        name for name, having in functions().items() if dialect in having
    }
