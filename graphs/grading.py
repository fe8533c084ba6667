"""From an answer to what became of it: executed, compared with gold, and kept from proving what it does not prove."""

from sqlglot.errors import SqlglotError

from ..tools.compare import Comparison
from ..tools.hardness import hardness
from ..tools.outcome import Outcome
from ..tools.question_sets import Question
from ..training.graded import GradedAnswer
from .arena import Arena
from .eval_systems import Answer, brought, by_rules

UNREAD = "unknown"  # the hardness of gold that sqlglot cannot read
_EMPTY = "gold gives no row, or no value but NULL"


def graded_answer(answer: Answer, arena: Arena) -> GradedAnswer:
    """Grade an answer to a question whose gold runs.

    Gold alone decides whether a question proves something, so that every system is measured on the same questions: an
    answer beside unstable gold is ``nondeterministic`` and one beside empty gold ``vacuous``, whatever it gives.
    """
    gold = arena.gold(answer.question.sql)
    comparison = arena.grade(gold, answer.sql) if answer.sql else None
    outcome, reason = ("missing", answer.why) if comparison is None else (comparison.outcome.value, comparison.reason)
    if gold.unstable:
        outcome, reason = "nondeterministic", f"gold proves nothing: {gold.unstable}"
    elif gold.vacuous:
        outcome, reason = "vacuous", f"{_EMPTY}; the answer: {outcome if reason is None else reason}"
    return _record(answer, arena.engine.dialect, outcome, reason, _error_class(comparison, outcome))


def bad_gold(question: Question, sample: int, dialect: str, reason: str) -> GradedAnswer:
    """Return what stands for an answer to a question whose gold does not run, for ``reason``."""
    return _record(Answer(question, sample, None), dialect, "bad_gold", reason, None)


def reference(question: Question, arena: Arena) -> str | None:
    """Return gold in the dialect of ``arena.engine``: as it is, else translated by rules and found to match."""
    if question.dialect == arena.engine.dialect:
        return question.sql
    sql, _ = brought(by_rules, question, arena)
    gold = arena.gold(question.sql)
    return sql if sql and arena.grade(gold, sql).outcome is Outcome.MATCH else None


def gold_hardness(gold: str, dialect: str) -> str:
    """Return Spider's hardness of a gold query, ``unknown`` where it cannot be read."""
    try:
        return hardness(gold, dialect).value
    except SqlglotError:
        return UNREAD


def _record(answer: Answer, dialect: str, outcome: str, reason: str | None, error_class: str | None) -> GradedAnswer:
    question = answer.question
    return GradedAnswer(
        id=question.id,
        database=question.database,
        question=question.question,
        gold=question.sql,
        gold_dialect=question.dialect,
        dialect=dialect,
        hardness=gold_hardness(question.sql, question.dialect),
        sample=answer.sample,
        sql=answer.sql,
        outcome=outcome,
        error_class=error_class,
        reason=" ".join(reason.split()) if reason else None,
    )


def _error_class(comparison: Comparison | None, outcome: str) -> str | None:
    if comparison is None or outcome != Outcome.ERROR or comparison.predicted.error_class is None:
        return None
    return comparison.predicted.error_class.value
