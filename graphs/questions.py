"""Which questions of a set a run asks, and in which order."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..tools.dialects import get_dialect
from ..tools.engines import engine_status
from ..tools.errors import UsageError
from ..tools.question_sets import Question, QuestionSet, read_question_set


def usable_questions(
    path: Path, dialect: str, databases: Path | None = None, gold_dialect: str = "sqlite"
) -> QuestionSet:
    """Read a question set for a run in ``dialect``; ``gold_dialect`` is that of gold where the set does not say.

    Raises ``UsageError`` for a set without a question that can be asked, and a dialect without an engine here.
    """
    get_dialect(dialect)
    found = read_question_set(path, databases, gold_dialect)
    if not found.questions:
        reasons = "; ".join(dict.fromkeys(problem.reason for problem in found.problems[:3]))
        raise UsageError(f"{path} has no question that can be used: {reasons or 'it is empty'}")
    status = next(each for each in engine_status() if each.dialect == dialect)
    if not status.ready and any("://" not in question.source for question in found.questions):
        raise UsageError(f"The engine of {dialect} is not ready here: {status.remedy}")
    return found


def drawn(questions: Sequence[Question], limit: int | None, seed: int) -> list[Question]:
    """Return ``limit`` questions in the order of the set; more of them with the same seed include fewer."""
    if limit is None or limit >= len(questions):
        return list(questions)
    places = random.Random(seed).sample(range(len(questions)), len(questions))
    return [questions[place] for place in sorted(places[:limit])]


def chosen_questions(found: QuestionSet, limit: int | None, seed: int) -> QuestionSet:
    """Return a set of ``limit`` questions, those of a database together."""
    together = by_database(drawn(found.questions, limit, seed)).values()
    return replace(found, questions=tuple(question for group in together for question in group))


def by_database(questions: Iterable[Question]) -> dict[tuple[str, str], list[Question]]:
    """Return the questions of each database and dialect of gold, in the order in which they first occur."""
    grouped: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        grouped.setdefault((question.source, question.dialect), []).append(question)
    return grouped


def digest(questions: QuestionSet) -> str:
    """Tell question sets apart, wherever they lie: by what is asked, and of which databases."""
    asked = [(q.id, q.question, q.sql, q.database, q.dialect, q.evidence) for q in questions.questions]
    return f"{questions.name} {hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"
