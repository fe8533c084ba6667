"""How much of what an engine lists a corpus teaches, and what is missing."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ..tools.catalogue import Catalogue
from ..tools.dialect_constructs import functions
from ..tools.dialects import DIALECTS
from .corpus import BUILTIN, Corpus, load_corpus
from .snippet import Snippet

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_CALL = re.compile(r"\b[A-Za-z_]\w*(?=\()")
_CODE = re.compile(r"```[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Covered:
    """The names of one kind: how many the engine lists, and how many of these a snippet teaches or only mentions.

    A snippet teaches what its keywords name and its examples use; it mentions what its title, or code of another
    kind, has. ``missing`` are in neither, the most useful first.
    """

    kind: str
    listed: int
    taught: int
    mentioned: int
    missing: tuple[str, ...]
    only_mentioned: tuple[str, ...]


def coverage(corpus: Corpus, catalogue: Catalogue) -> list[Covered]:
    """Return how much of each kind of names ``corpus`` teaches."""
    taught = frozenset().union(*map(taught_words, corpus.snippets))
    mentioned = frozenset().union(*map(_mentioned_words, corpus.snippets)) - taught
    kinds = (
        ("functions", catalogue.functions),
        ("reserved words", catalogue.reserved),
        ("other keywords" if catalogue.reserved else "keywords", catalogue.other),
    )
    return [_covered(kind, names, taught, mentioned) for kind, names in kinds if names]


def taught_words(snippet: Snippet) -> frozenset[str]:
    """Return the words, in capitals, of a snippet's keywords and of the code of its examples."""
    return _words([*snippet.keywords, *(_LITERAL.sub("", sql) for sql in snippet.examples)])


def by_use(names: Iterable[str]) -> list[str]:
    """Return names by how useful they are likely to be: what more of our own corpora teach, what more dialects have."""
    return sorted(names, key=lambda name: (-_teaching()[name], -len(functions().get(name, ())), len(name), name))


def _covered(kind: str, names: frozenset[str], taught: frozenset[str], mentioned: frozenset[str]) -> Covered:
    told = names & mentioned
    return Covered(
        kind, len(names), len(names & taught), len(told), tuple(by_use(names - taught - told)), tuple(by_use(told))
    )


def _mentioned_words(snippet: Snippet) -> frozenset[str]:
    code = (block or inline for block, inline in _CODE.findall(snippet.text))
    return _words([snippet.title, *code, *_CALL.findall(snippet.text)])


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.upper() for text in texts for word in _WORD.findall(text))


@cache
def _teaching() -> Counter[str]:
    """Return how many of our own corpora teach each word."""
    corpora = (load_corpus(dialect, BUILTIN) for dialect in DIALECTS)
    return Counter(word for corpus in corpora for word in frozenset().union(*map(taught_words, corpus.snippets)))
