"""Dialect keywords from the pairs of runs, or from the examples of the tutorials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...knowledge.corpus import load_corpus
from ...tools.dialects import DIALECTS, get_dialect
from ...tools.errors import UsageError
from ...training.keywords import Keyword, mined_keywords, write_keywords
from ..run_catalog import find_run
from .run_pairs import run_pairs


@dataclass(frozen=True, slots=True)
class Mined:
    """The keywords of ``dialect``, from so many ``queries`` of each dialect, which are from ``source``.

    ``file`` has those of all dialects, if one was written. ``notes`` say of which dialects they are not from the runs.
    """

    dialect: str
    source: str
    queries: dict[str, int]
    keywords: list[Keyword]
    file: Path | None
    notes: tuple[str, ...] = ()


def mine_keywords(
    dialect: str, runs: Sequence[Path], top: int, out: Path | None, tell: Callable[[int, int], None]
) -> Mined:
    """Mine the keywords of all dialects and write them to ``out``, if given; without runs from the tutorials in use.

    A dialect that nothing in the runs tells from the others for sure has those of its tutorial: gates need some.
    Raises ``UsageError`` for an unknown dialect, what is no run, and where there is no pair of ``dialect`` or none of
    another.
    """
    get_dialect(dialect)
    queries = _of_runs(runs) if runs else _of_tutorials(dialect)
    if dialect not in queries:
        raise UsageError(f"None of the runs has a pair of {dialect}: they have {', '.join(queries) or 'no pairs'}.")
    found = mined_keywords(queries, top, tell)
    without = [name for name, those in found.items() if not those] if runs else []
    if without:
        taught = mined_keywords(_of_tutorials(dialect), top, tell)
        found |= {name: taught.get(name, []) for name in without}
    if out:
        write_keywords(out, found)
    numbers = {name: len(those) for name, those in queries.items()}
    return Mined(dialect, "runs" if runs else "tutorials", numbers, found[dialect], out, _notes(without))


def _notes(without: Sequence[str]) -> tuple[str, ...]:
    said = (f"{name} has the keywords of its tutorial, for no word of the runs is its own for sure" for name in without)
    return tuple(said)


def _of_runs(runs: Sequence[Path]) -> dict[str, list[str]]:
    """Return the queries of each dialect, each once."""
    found: dict[str, dict[str, None]] = {}
    for pair in (pair for run in runs for pair in run_pairs(find_run(run))):
        found.setdefault(pair["dialect"], {})[pair["sql"]] = None
    return {dialect: list(those) for dialect, those in found.items()}


def _of_tutorials(dialect: str) -> dict[str, list[str]]:
    """Return the examples of our dialects' tutorials and of those of ``dialect``."""
    corpora = {name: load_corpus(name) for name in sorted({*DIALECTS, dialect})}
    return {
        name: [example for snippet in corpus.snippets for example in snippet.examples]
        for name, corpus in corpora.items()
    }
