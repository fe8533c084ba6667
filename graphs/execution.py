"""One attempt: a query executed, judged vacuous or nondeterministic, and recorded."""

from typing import Any

from ..tools.compare import compare, is_vacuous
from ..tools.determinism import arbitrary, tie_break_variants, volatile
from ..tools.outcome import Execution, Outcome
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
        outcome = Outcome.VACUOUS if is_vacuous(execution) else _stability(execution, sql, bench)
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


def _stability(first: Execution, sql: str, bench: Workbench) -> Outcome:
    """Run again: the variants with ties broken both ways if order decides anything, else the query itself."""
    if volatile(sql, bench.dialect) or arbitrary(sql, bench.dialect):
        return Outcome.NONDETERMINISTIC
    for other in tie_break_variants(sql, bench.dialect, bench.schema) or [sql]:
        again = bench.engine.execute(other)
        if again.outcome is not Outcome.RUNS:
            again = bench.engine.execute(sql)  # a variant the engine cannot run says nothing about the query
        if compare(first, again, ordered=False) is not Outcome.MATCH:
            return Outcome.NONDETERMINISTIC
    return Outcome.RUNS
