"""From a query and its comparison with gold to a graded answer, and what speaks against taking it as evidence."""

from sqlglot.errors import SqlglotError

from ...tools.canonical import rules_between
from ...tools.compare import Comparison, Label, compare_results
from ...tools.gold import Gold
from ...tools.hardness import hardness
from ...tools.outcome import Outcome
from ...tools.question_sets import Question
from ...tools.stability import instability
from ...training.graded import GradedAnswer
from ..arena import Arena

MISSING, BAD_GOLD = "missing", "bad_gold"


def graded_answer(
    question: Question, dialect: str, sample: int, sql: str, comparison: Comparison, gold: Gold
) -> GradedAnswer:
    """Return the answer that a query gives, as its rows compare with gold's.

    Gold alone decides whether a question proves something: beside unstable gold every query is ``nondeterministic``,
    beside empty gold ``vacuous``, also one that fails.
    """
    outcome, error_class, reason = comparison.outcome.value, comparison.predicted.error_class, comparison.reason
    if gold.unstable or gold.vacuous:
        why = gold.unstable or "gold gives no row, or no value but NULL"
        outcome, error_class = ("nondeterministic" if gold.unstable else "vacuous"), None
        reason = f"gold proves nothing: {why}; the answer: {comparison.reason or comparison.outcome.value}"
    return _answer(question, dialect, sample, sql, outcome, reason, error_class and error_class.value)


def missing_answer(question: Question, dialect: str, sample: int, gold: Gold, why: str) -> GradedAnswer:
    """Return the answer where there is no query: ``missing``, unless the gold beside it proves nothing."""
    outcome = "nondeterministic" if gold.unstable else "vacuous" if gold.vacuous else MISSING
    return ungraded_answer(question, dialect, sample, outcome, why)


def ungraded_answer(question: Question, dialect: str, sample: int, outcome: str, reason: str) -> GradedAnswer:
    """Return an answer without a query, such as ``bad_gold`` where none was asked for."""
    return _answer(question, dialect, sample, None, outcome, reason, None)


def doubt_about(arena: Arena, gold: Gold, comparison: Comparison) -> str | None:
    """Return why a query that matches, or differs, may do so by chance; None if nothing speaks for it.

    The query is executed again, its ties broken otherwise, as gold is. Rows that differ from gold's in their order
    alone are the same rows.
    """
    if comparison.outcome not in (Outcome.MATCH, Outcome.MISMATCH):
        return None
    if comparison.label is Label.UNDECIDED:
        return comparison.reason
    if comparison.outcome is Outcome.MISMATCH and _differs_in_order_alone(arena, gold, comparison):
        return "the rows differ in their order alone"
    try:
        return instability(arena.engine, comparison.predicted)
    except (SqlglotError, RecursionError):  # what only the engine can read is taken at its word
        return None


def _differs_in_order_alone(arena: Arena, gold: Gold, comparison: Comparison) -> bool:
    rules = rules_between(gold.dialect, arena.engine.dialect)
    unordered = compare_results(gold.execution, comparison.predicted, None, rules)
    return gold.ranks is not None and unordered.outcome is Outcome.MATCH


def _answer(
    question: Question,
    dialect: str,
    sample: int,
    sql: str | None,
    outcome: str,
    reason: str | None,
    error_class: str | None,
) -> GradedAnswer:
    return GradedAnswer(
        id=question.id,
        database=question.database,
        question=question.question,
        gold=question.sql,
        gold_dialect=question.dialect,
        dialect=dialect,
        hardness=_hardness(question),
        sample=sample,
        sql=sql,
        outcome=outcome,
        error_class=error_class,
        reason=" ".join(reason.split()) if reason else None,
    )


def _hardness(question: Question) -> str:
    try:
        return hardness(question.sql, question.dialect).value
    except SqlglotError:
        return "unknown"
