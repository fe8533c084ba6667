"""The kept pairs of a run as data to learn from, whichever command made it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ...tools.json_lines import read_json_lines
from ...tools.skeleton import shared_skeleton
from ..dataset import Pair, read_pairs
from ..run_files import read_record
from ..sampling.data import VALID

_NEEDED = ("question", "sql", "dialect", "database")
# Whose query a pair's own is to equal: the gold of a sample, the original of a translation. All that answer it are kin.
_REFERENCES = (("gold", "gold_dialect"), ("source_sql", "source_dialect"), ("sql", "dialect"))


def run_pairs(run: Path) -> Iterator[Pair]:
    """Yield the pairs of a run: all right answers of a sampling, else those in ``pairs.jsonl``.

    Raises ``UsageError`` for what has neither, and for a pair without a question, query, dialect or database.
    """
    valid = run / VALID
    for place, pair in read_json_lines(valid) if valid.is_file() else _numbered(run):
        wanting = [name for name in _NEEDED if not isinstance(pair.get(name), str)]
        if wanting:
            raise UsageError(f"{place} is not a pair ({', '.join(wanting)}): restore the file, or make the run anew.")
        yield pair


def template_of(pair: Pair) -> str:
    """Return the shape of what a pair answers, the same for the same query in several dialects where sqlglot knows it.

    It is that of the query which the pair was verified by, so that all answers to a question, and all translations of
    a query, have one. The templates that a build fills are in the words of its dialect, and so not used.
    """
    sql, dialect = next((pair[sql], pair[said]) for sql, said in _REFERENCES if sql in pair and said in pair)
    return shared_skeleton(sql, dialect)


def fingerprint_of(run: Path) -> str | None:
    """Return the fingerprint of the database of a build; None for runs over the questions of a set."""
    config: dict[str, Any] = (read_record(run / "run.json") or {"config": {}})["config"]
    return config.get("database")


def _numbered(run: Path) -> Iterator[tuple[str, Pair]]:
    for number, pair in enumerate(read_pairs(run), 1):
        yield f"{run / 'pairs.jsonl'}, pair {number}", pair
