"""Predictions to be judged: a file of queries, or of raw replies of a model that hold them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ...tools.errors import UsageError
from ...tools.extraction import extract_sql
from ...tools.question_sets import QuestionSet
from ...tools.question_sets.entries import json_lines

_ID_KEYS = ("id", "question_id")
_SQL_KEYS = ("sql", "prediction", "query", "SQL")
_BIRD = re.compile(r"\t----- bird -----\t\S*\s*\Z")  # stands between query and database in BIRD's own format
_PLACE = re.compile(r"(?:.*-)?(\d+)")
BROKEN, UNKNOWN, REPEATED, ELSEWHERE = (
    "broken lines",
    "unknown ids",
    "repeated samples",
    "written for another database",
)


class Prediction(NamedTuple):
    """What a file says: the question by ``id`` or by its place in the set, a reply (None for none), its sample."""

    id: str | int
    reply: str | None
    sample: int | None = None
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Predictions:
    """The queries of a file: for each question's id the samples, each with its number; None where there is no query.

    ``problems`` counts what could not be used, and ``examples`` names the first of each kind.
    """

    name: str
    digest: str
    samples: dict[str, dict[int, str | None]]
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def read_predictions(path: Path, questions: QuestionSet, dialect: str) -> Predictions:
    """Read the predictions for ``questions``, written in ``dialect``.

    Formats, told by the content: JSON lines or a JSON list with ``id`` and ``sql`` (or ``prediction`` or ``query``), a
    JSON object of ids, and a query per line in the set's order, as Spider's ``SQL<TAB>db_id`` and ExeSQL's
    ``index<TAB>SQL<TAB>db_id`` have them, counted from 0. Several entries with one id are samples. Raises
    ``UsageError`` for what cannot be read at all or is of no question of the set.
    """
    text = _text(path)
    databases = {question.id: question.database for question in questions.questions}
    ids = {*databases, *(problem.id for problem in questions.problems)}
    found = Predictions(path.stem, hashlib.sha256(text.encode()).hexdigest(), {})
    places: dict[int, str] | None = None
    for where, each in enumerate(_predictions(path, text, set(databases.values())), 1):
        if each is not None and isinstance(each.id, int):
            places = _places(questions, path) if places is None else places
            each = each._replace(id=places.get(each.id, str(each.id)))
        problem = _add(found, each, ids, databases, dialect)
        if problem:
            found.problems[problem] += 1
            found.examples.setdefault(problem, f"entry {where}" if each is None else str(each.id))
    if not found.samples:
        raise UsageError(f"{path} has no prediction for a question of {questions.name}: give each with its id.")
    return found


def _add(
    found: Predictions, each: Prediction | None, ids: set[str], databases: dict[str, str], dialect: str
) -> str | None:
    """Take in a prediction, or return what is wrong with it."""
    if each is None:
        return BROKEN
    if each.id not in ids:
        return UNKNOWN
    if each.database and databases.get(str(each.id), each.database) != each.database:
        return ELSEWHERE
    samples = found.samples.setdefault(str(each.id), {})
    sample = len(samples) if each.sample is None else each.sample
    if sample in samples:
        return REPEATED
    samples[sample] = extract_sql(_BIRD.sub("", each.reply), dialect) if each.reply else None
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text ({error}): give a file of predictions.") from error


def _predictions(path: Path, text: str, databases: set[str]) -> Iterator[Prediction | None]:
    """Yield what the file says, None for what is broken."""
    if text.lstrip()[:1] not in ("{", "[") and path.suffix != ".jsonl":
        return _of_lines(text, databases)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return _of_entries(json_lines(text))
    if isinstance(whole, list):
        return _of_entries(whole)
    if any(key in whole for key in _ID_KEYS):
        return _of_entries([whole])
    return (each for id_, value in whole.items() for each in _samples(str(id_), value, None))


def _of_entries(entries: Iterable[Any]) -> Iterator[Prediction | None]:
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            yield from _samples(place, entry, None)
            continue
        id_ = next((str(entry[key]) for key in _ID_KEYS if entry.get(key) is not None), None)
        key = next((key for key in _SQL_KEYS if key in entry), None)
        yield from _samples(id_, entry[key], entry.get("sample")) if id_ and key else [None]


def _samples(id_: str | int, value: Any, sample: Any) -> Iterator[Prediction | None]:
    """Yield the prediction, or the several, that a value holds."""
    if isinstance(value, list):
        yield from (each for one in value for each in _samples(id_, one, None) if not isinstance(one, list))
    elif value is None or isinstance(value, str):
        yield Prediction(id_, value, sample if isinstance(sample, int) else None)
    else:
        yield None


def _of_lines(text: str, databases: set[str]) -> Iterator[Prediction]:
    """Yield a prediction per line; an empty line is a question without one."""
    for place, line in enumerate(text.rstrip().split("\n")):
        fields = line.strip("\r").split("\t")
        counted = len(fields) > 1 and fields[0].strip().isdecimal()
        named = fields[-1].strip() if len(fields) > 1 and fields[-1].strip() in databases else None
        sql = "\t".join(fields[1 if counted else 0 : -1 if named else None])
        yield Prediction(int(fields[0]) if counted else place, sql.strip() or None, 0, named)


def _places(questions: QuestionSet, path: Path) -> dict[int, str]:
    """Return the ids by their place in the set, which also has the entries that could not be read."""
    if not questions.problems:
        return {place: question.id for place, question in enumerate(questions.questions)}
    ids = [question.id for question in questions.questions] + [problem.id for problem in questions.problems]
    numbered = {int(match[1]): id_ for id_ in ids if (match := _PLACE.fullmatch(id_))}
    if sorted(numbered) != list(range(len(ids))):
        raise UsageError(
            f"{path} gives predictions in the set's order, which is unknown, for some questions of the set cannot be "
            'read: give each with its id, as JSON lines {"id": …, "sql": …}.'
        )
    return numbered
