"""What one corpus teaches and another does not: keywords, and topics by the meaning of their titles."""

from dataclasses import dataclass

import numpy as np

from .corpus import Corpus
from .coverage import by_use
from .embedding import embed
from .keywords import COMMON
from .snippet import Snippet

_ALIKE = 0.6  # cosine of two titles' vectors from which on they are of one topic


@dataclass(frozen=True, slots=True)
class Side:
    """What a corpus has that the other lacks: keywords, the most useful first, and sections, page by page.

    A section is lacking where the other has no title alike and no keyword that its title names.
    """

    corpus: str
    dialect: str
    snippets: int
    topics: int
    keywords: int
    only_keywords: tuple[str, ...]
    only_topics: tuple[tuple[str, str], ...]  # page and title


@dataclass(frozen=True, slots=True)
class Difference:
    """Two corpora, each with what only it has, and the keywords and topics of the first that both have."""

    first: Side
    second: Side
    shared_keywords: int


def difference(first: Corpus, second: Corpus) -> Difference:
    """Compare two corpora."""
    shared = len(_keywords(first) & _keywords(second))
    return Difference(_side(first, second), _side(second, first), shared)


def _side(here: Corpus, there: Corpus) -> Side:
    topics, others = _topics(here), _topics(there)
    nearest = (embed(list(topics)) @ embed(list(others)).T).max(axis=1) if topics and others else np.zeros(len(topics))
    known = _keywords(there)
    only = [
        (snippet.source, title)
        for (title, snippet), likeness in zip(topics.items(), nearest, strict=True)
        if likeness < _ALIKE and not (snippet.keywords and snippet.keywords[0] in known)
    ]
    lacking = by_use(_keywords(here) - known)
    return Side(
        here.name,
        here.dialect,
        len(here.snippets),
        len(topics),
        len(_keywords(here)),
        tuple(lacking),
        tuple(sorted(only)),
    )


def _topics(corpus: Corpus) -> dict[str, Snippet]:
    """Return each title once, with the first snippet under it."""
    found: dict[str, Snippet] = {}
    for snippet in corpus.snippets:
        found.setdefault(snippet.title, snippet)
    return found


def _keywords(corpus: Corpus) -> frozenset[str]:
    return frozenset(keyword for snippet in corpus.snippets for keyword in snippet.keywords) - COMMON
