"""Comparing queries: gold and prediction executed in sessions of their own, then their results compared."""

from contextlib import nullcontext
from dataclasses import replace

from sqlglot.errors import SqlglotError

from .canonical import rules_between
from .compare import Comparison, Label, compare_results
from .engines import Engine
from .errors import UsageError
from .ordering import is_ordered, ranked
from .outcome import Execution, Outcome
from .stability import instability


def compare_queries(engine: Engine, gold_sql: str, predicted_sql: str, *, apart: Engine | None = None) -> Comparison:
    """Execute gold on ``engine``, then the prediction on ``apart``, and compare their results.

    No connection of ``engine`` ever sees the prediction. Without ``apart``, processes are started for this one
    prediction; who compares many opens ``engine.apart()`` once. A prediction that does not give rows is labelled
    with what became of it, a gold query whose rows hang on chance ``nondeterministic``. Raises ``UsageError`` if
    gold does not run.
    """
    gold = _executed_gold(engine, gold_sql)
    why_unstable = _instability(engine, gold)
    gold, ranks = ranked(engine, gold)
    with nullcontext(apart) if apart else engine.apart() as other:
        predicted = other.execute(predicted_sql)
    if predicted.outcome is not Outcome.RUNS:
        return Comparison(Label(predicted.outcome.value), gold, predicted, _failure(predicted))
    if why_unstable:
        return Comparison(Label.NONDETERMINISTIC, gold, predicted, f"gold proves nothing: {why_unstable}")
    comparison = compare_results(gold, predicted, ranks, rules_between(engine.dialect, other.dialect))
    if ranks is None or is_ordered(predicted_sql, other.dialect):
        return comparison
    return replace(
        comparison, notes=(*comparison.notes, "the prediction asks for no order: its rows came as they came")
    )


def _executed_gold(engine: Engine, sql: str) -> Execution:
    gold = engine.execute(sql)
    if gold.outcome is not Outcome.RUNS:
        raise UsageError(f"the gold query does not run ({gold.outcome}): {_failure(gold)}")
    return gold


def _instability(engine: Engine, gold: Execution) -> str | None:
    try:
        return instability(engine, gold)
    except (SqlglotError, RecursionError):  # what only the engine can read is taken at its word
        return None


def _failure(execution: Execution) -> str:
    """Return in one line what became of a query that gave no rows."""
    known = [execution.error_class, execution.rule, " ".join((execution.error or "").split())]
    return ": ".join(str(each) for each in known if each) or f"stopped after {execution.seconds:.1f} s"
