"""What the command line asks of the corpora."""

from dataclasses import dataclass

from ..knowledge.corpus import list_corpora, load_corpus, named_corpus
from ..knowledge.coverage import Covered
from ..knowledge.coverage import coverage as corpus_coverage
from ..knowledge.difference import Difference, difference
from ..knowledge.index import open_index
from ..knowledge.snippet import Hit
from ..tools.catalogue import engine_catalogue
from ..tools.errors import UsageError


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """A corpus as listed."""

    dialect: str
    name: str
    snippets: int
    hash: str
    in_use: bool


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """How much of the names in an engine's catalogue, which ``source`` names, a corpus teaches, by kind."""

    dialect: str
    corpus: str
    source: str
    kinds: list[Covered]


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
    index = open_index(load_corpus(dialect, corpus))
    return index.search(query, k)


def coverage(dialect: str, corpus: str | None = None) -> CoverageReport:
    """Return how much of what the engine of ``dialect`` lists a corpus teaches."""
    loaded = load_corpus(dialect, corpus)
    catalogue = engine_catalogue(dialect)
    return CoverageReport(dialect, loaded.name, catalogue.source, corpus_coverage(loaded, catalogue))


def compare(dialect: str, first: str, second: str) -> Difference:
    """Return what each of two corpora teaches that the other does not; names, DIALECT/NAME or paths."""
    return difference(named_corpus(dialect, first), named_corpus(dialect, second))
