"""The nodes of the translation graph: each takes a question's state and returns what it changes, with a step."""

import asyncio
from typing import Any

from sqlglot.errors import SqlglotError

from ...agents.requests import translate_request
from ...tools.compare import Comparison
from ...tools.dialects import get_dialect
from ...tools.qualified import UnsupportedSeed
from ...tools.translation import UntranslatableError, translate
from ...tools.transpile import transpile
from ..recording import Update, hit_record, step
from ..turns import turn
from .bench import TranslationBench
from .state import TranslationState

RULES = {"rules": False, "exact rules": True}  # what is tried after sqlglot, in this order, and whether exactly
_SNIPPETS, _SHOWN_ROWS = 3, 3


async def establish_gold(state: TranslationState, bench: TranslationBench) -> Update:
    """Execute the original query; without sound rows, and some, there is nothing to verify by."""
    gold = await asyncio.to_thread(bench.arena.gold, state["gold"])
    if gold.failure:
        return {"reason": "gold does not run", **step("gold", {}, sql=state["gold"], error=gold.failure)}
    shown = [list(row) for row in gold.execution.rows[:_SHOWN_ROWS]]
    why = "gold hangs on chance" if gold.unstable else "vacuous" if gold.vacuous else None
    unsound = {"reason": why} if why else {}
    return {**unsound, **step("gold", unsound, sql=state["gold"], error=gold.unstable, rows=shown)}


async def transpile_query(state: TranslationState, bench: TranslationBench) -> Update:
    """Let sqlglot translate, which answers most of what a model would be asked for."""
    source, target = bench.arena.gold_engine.dialect, bench.arena.engine.dialect
    try:
        sql = transpile(state["gold"], get_dialect(source).sqlglot, get_dialect(target).sqlglot)
    except (UnsupportedSeed, RecursionError) as error:
        return {"by": "sqlglot", **step("transpile", {}, error=str(error))}
    return {"sql": sql, "by": "sqlglot", **step("transpile", {"sql": sql})}


async def rewrite(state: TranslationState, bench: TranslationBench) -> Update:
    """Translate by the next of our rules that say something new; ``by`` is the last of them if none does."""
    tried = {attempt["sql"] for attempt in state["attempts"]}
    names = list(RULES)
    for name in names[names.index(state["by"]) + 1 if state["by"] in names else 0 :]:
        try:
            sql = translate(state["gold"], bench.schema, bench.arena.engine.dialect, RULES[name])
        except (UntranslatableError, UnsupportedSeed, SqlglotError, RecursionError) as error:
            return {"by": names[-1], **step("rewrite", {"by": name}, error=str(error))}
        if sql not in tried:
            return {"sql": sql, "by": name, **step("rewrite", {"by": name, "sql": sql})}
    return {"by": names[-1], **step("rewrite", {"said": "nothing new"})}


async def execute(state: TranslationState, bench: TranslationBench) -> Update:
    """Execute the translation, compare its rows with the original's, and record the attempt."""
    gold = bench.arena.gold(state["gold"])
    comparison = await asyncio.to_thread(bench.arena.grade, gold, state["sql"])
    attempt = _attempt(state, bench, comparison)
    shown = [list(row) for row in comparison.predicted.rows[:_SHOWN_ROWS]]
    outcome = {name: attempt[name] for name in ("outcome", "error_class")}
    difference = {"difference": attempt["reason"]} if attempt["outcome"] == "mismatch" else {}
    recorded = step("execute", difference, sql=state["sql"], rows=shown, error=attempt["error"], **outcome)
    return {"attempts": [attempt], **recorded}


def _attempt(state: TranslationState, bench: TranslationBench, comparison: Comparison) -> dict[str, Any]:
    execution, rows = comparison.predicted, comparison.difference
    return {
        "number": len(state["attempts"]) + 1,
        "by": state["by"],
        "sql": state["sql"],
        "question": state["question"],
        "outcome": comparison.outcome.value,
        "error_class": execution.error_class.value if execution.error_class else None,
        "error": execution.error,
        "rule": execution.rule,
        "reason": comparison.reason,
        "rows": len(execution.rows),
        "rows_missing": [list(map(_plain, row)) for row in rows.only_gold[:_SHOWN_ROWS]],
        "rows_not_wanted": [list(map(_plain, row)) for row in rows.only_predicted[:_SHOWN_ROWS]],
        "seconds": round(execution.seconds, 4),
        "engine": bench.arena.engine.version,
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


async def repair(state: TranslationState, bench: TranslationBench) -> Update:
    """Let the repairer mend the last attempt with its error or its difference and the snippets retrieved for it."""
    last, hits = state["attempts"][-1], []
    if not state["messages"]:
        hits = await asyncio.to_thread(
            bench.index.search, last["error"] or f"{last['sql']} {last['reason']}", _SNIPPETS
        )
    schema = bench.schema_text.about(f"{last['sql']} {last['question']}", state["index"])
    source, target = bench.arena.gold_engine.dialect, bench.arena.engine.dialect
    update = await turn(
        "repair", state, bench.repairer, translate_request(target, state["gold"], source, last, hits, schema)
    )
    update["steps"][0]["snippets"] = [hit_record(hit) for hit in hits]
    return {**update, **({"by": "model"} if "sql" in update else {})}


async def accept(state: TranslationState, bench: TranslationBench) -> Update:
    """End the question as kept."""
    return {"status": "kept", **step("accept", {"status": "kept", "by": state["by"]})}


async def reject(state: TranslationState, bench: TranslationBench) -> Update:
    """End the question as rejected: by its gold if that proves nothing, else by the grade of the last attempt."""
    attempts = state["attempts"]
    reason = grade(attempts[-1]) if attempts else state.get("reason") or "not translated"
    return {"status": "rejected", "reason": reason, **step("reject", {"reason": reason})}


def grade(attempt: dict[str, Any]) -> str:
    """Return an attempt's grade: ``match``, ``runs but differs``, ``error(class)``, or its outcome by name."""
    if attempt["outcome"] == "mismatch":
        return "runs but differs"
    if attempt["outcome"] in ("error", "rejected"):
        return f"{attempt['outcome']}({attempt['error_class'] or attempt['rule']})"
    return str(attempt["outcome"])
