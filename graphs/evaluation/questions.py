"""The questions that an evaluation asks: whether there are any, which of them, and how the set is recognised."""

import hashlib
import random
from collections.abc import Sequence

from ...tools.engines import engine_status
from ...tools.errors import UsageError
from ...tools.question_sets import Question, QuestionSet


def check_questions(questions: QuestionSet, dialect: str) -> None:
    """Raise ``UsageError`` where no database could be opened: there is none, or its embedded engine is not there."""
    if not questions.questions:
        reasons = "; ".join(dict.fromkeys(problem.reason for problem in questions.problems[:3]))
        raise UsageError(f"{questions.name} has no question that can be used: {reasons or 'it is empty'}")
    status = next(status for status in engine_status() if status.dialect == dialect)
    if not status.ready and any("://" not in question.source for question in questions.questions):
        raise UsageError(f"The engine of {dialect} is not ready here: {status.remedy}")


def chosen_questions(questions: Sequence[Question], limit: int | None, seed: int) -> list[Question]:
    """Return ``limit`` questions in the order of the set; more of them with the same seed include fewer."""
    if limit is None or limit >= len(questions):
        return list(questions)
    places = random.Random(seed).sample(range(len(questions)), len(questions))
    return [questions[place] for place in sorted(places[:limit])]


def digest(questions: QuestionSet) -> str:
    """Tell question sets apart, wherever they lie: by what is asked, and of which databases."""
    asked = [(q.id, q.question, q.sql, q.database, q.dialect) for q in questions.questions]
    return f"{questions.name} {hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"
