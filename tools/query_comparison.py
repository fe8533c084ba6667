"""Comparing queries: gold and prediction executed in sessions of their own, then their results compared."""

from contextlib import nullcontext

from .compare import Comparison
from .engines import Engine
from .errors import UsageError
from .gold import gold_of, graded


def compare_queries(engine: Engine, gold_sql: str, predicted_sql: str, *, apart: Engine | None = None) -> Comparison:
    """Execute gold on ``engine``, then the prediction on ``apart``, and compare their results.

    No connection of ``engine`` ever sees the prediction. Without ``apart``, processes are started for this one
    prediction; who compares many opens ``engine.apart()`` once. A prediction that does not give rows is labelled
    with what became of it, a gold query whose rows hang on chance ``nondeterministic``. Raises ``UsageError`` if
    gold does not run.
    """
    gold = gold_of(engine, gold_sql)
    if gold.failure:
        raise UsageError(f"the gold query does not run ({gold.execution.outcome}): {gold.failure}")
    with nullcontext(apart) if apart else engine.apart() as other:
        return graded(gold, other.execute(predicted_sql), other.dialect)
