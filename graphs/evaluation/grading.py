"""Grading in an arena: an answer as it comes, and gold in the dialect of the answers."""

from ...tools.gold import Gold
from ...tools.outcome import Outcome
from ...tools.question_sets import Question
from ...training.graded import GradedAnswer
from ..answering.grading import BAD_GOLD, MISSING, graded_answer, ungraded_answer
from ..arena import Arena
from .systems import Answer, brought, by_rules


def grade(answer: Answer, arena: Arena) -> GradedAnswer:
    """Grade an answer to a question whose gold runs.

    Gold alone decides whether a question proves something, also of an answer that is missing: so every system is
    measured on the same questions.
    """
    question, sample = answer.question, answer.sample
    gold = arena.gold(question.sql)
    dialect = arena.engine.dialect
    if answer.sql:
        return graded_answer(question, dialect, sample, answer.sql, arena.grade(gold, answer.sql), gold)
    return ungraded_answer(question, dialect, sample, _without_query(gold), answer.why or "no query")


def bad_gold(question: Question, sample: int, dialect: str, reason: str) -> GradedAnswer:
    """Return what stands for an answer to a question whose gold does not run, for ``reason``."""
    return ungraded_answer(question, dialect, sample, BAD_GOLD, reason)


def reference(question: Question, arena: Arena) -> str | None:
    """Return gold in the dialect of ``arena.engine``: as it is, else translated by rules and found to match."""
    if question.dialect == arena.engine.dialect:
        return question.sql
    sql, _ = brought(by_rules, question, arena)
    gold = arena.gold(question.sql)
    return sql if sql and arena.grade(gold, sql).outcome is Outcome.MATCH else None


def _without_query(gold: Gold) -> str:
    if gold.unstable:
        return Outcome.NONDETERMINISTIC.value
    return Outcome.VACUOUS.value if gold.vacuous else MISSING
