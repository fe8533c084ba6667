"""One attempt: a query executed, judged vacuous or nondeterministic, and recorded."""

from typing import Any

from ..tools.compare import is_vacuous
from ..tools.outcome import Execution, Outcome
from ..tools.stability import instability
from .state import ItemState
from .workbench import Workbench


def attempt_query(state: ItemState, bench: Workbench) -> tuple[dict[str, Any], list[list[Any]]]:
    """Execute the item's query and return the attempt's record and the rows.

    Beyond the engine's outcome: ``vacuous`` when no row or only NULLs come back, ``nondeterministic`` when a
    second execution, or one with ties broken another way, gives other rows.
    """
    sql = state["sql"]
    execution = bench.engine.execute(sql)
    outcome = execution.outcome
    if outcome is Outcome.RUNS:
        outcome = _judged(execution, bench)
    record = {
        "number": len(state.get("attempts", [])) + 1,
        "sql": sql,
        "question": state["question"],
        "outcome": outcome.value,
        "error_class": execution.error_class.value if execution.error_class else None,
        "error": execution.error,
        "rule": execution.rule,
        "rows": len(execution.rows),
        "seconds": round(execution.seconds, 4),
        "engine": bench.engine.version,
    }
    return record, [list(r) for r in execution.rows]


def _judged(execution: Execution, bench: Workbench) -> Outcome:
    if is_vacuous(execution):
        return Outcome.VACUOUS
    try:
        return Outcome.NONDETERMINISTIC if instability(bench.engine, execution) else Outcome.RUNS
    except RecursionError:  # nested too deep to be read; the next check refuses what does not parse
        return Outcome.RUNS
