"""What the command line asks of the corpora."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from ..knowledge.corpus import list_corpora, load_corpus
from ..knowledge.index import open_index
from ..knowledge.snippet import Hit
from ..knowledge.verify import ExampleResult, verify_corpus
from ..tools.dialects import get_dialect
from ..tools.engines import open_engine
from ..tools.errors import UsageError

_TUTORIAL_DATABASE = "shop"  # the one that every example runs on


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """A corpus as listed."""

    dialect: str
    name: str
    snippets: int
    hash: str
    in_use: bool


def corpus_rows(dialect: str | None) -> list[CorpusRow]:
    """Return the corpora of ``dialect``, or of all; raises ``UsageError`` for an unknown one."""
    corpora = list_corpora(dialect)
    in_use = {d: _name_in_use(d) for d in {c.dialect for c in corpora}}
    return [CorpusRow(c.dialect, c.name, len(c.snippets), c.hash, in_use[c.dialect] == c.name) for c in corpora]


def _name_in_use(dialect: str) -> str | None:
    try:
        return load_corpus(dialect).name
    except UsageError:  # it was deleted: the list must still show the others
        return None


def search(dialect: str, query: str, k: int, corpus: str | None = None) -> list[Hit]:
    """Return the ``k`` snippets nearest to ``query``, from the corpus in use or the one named."""
    with closing(open_index(load_corpus(dialect, corpus))) as index:
        return index.search(query, k)


def verify(dialect: str, corpus: str | None = None) -> Generator[ExampleResult, None, None]:
    """Execute every example of a corpus in the dialect's own engine and yield what came of each."""
    get_dialect(dialect)
    loaded = load_corpus(dialect, corpus)
    with open_engine(dialect, _TUTORIAL_DATABASE) as engine:
        yield from verify_corpus(loaded, engine)
