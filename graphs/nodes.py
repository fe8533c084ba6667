"""The nodes of the build graph: each takes an item's state and returns what it changes, with a step for the trace."""

import asyncio

from ..agents.meaning import lost_meaning
from ..agents.replies import GiveVerdict, ProposeTemplate
from ..agents.requests import critique_request, expand_request, fill_request, repair_request
from .checks import failed_check
from .execution import attempt_query
from .recording import Update, hit_record, hits_of, step
from .state import ItemState
from .turns import gave_up, turn
from .workbench import SHOWN_ROWS, Workbench

SNIPPETS = 6  # retrieved for a template; SQL-GEN does not give its number
_PARAPHRASES, _LONGER = 8, 3  # kept at most, and how many times as long as the question


async def retrieve(state: ItemState, bench: Workbench) -> Update:
    """Fetch the snippets for the item's focus, a keyword of the corpus, and its template."""
    hits = await asyncio.to_thread(bench.index.search, state["focus"], SNIPPETS)
    return {
        "snippets": [hit_record(h) for h in hits],
        **step("retrieve", delta={"focus": state["focus"]}, snippets=[hit_record(h) for h in hits]),
    }


async def expand(state: ItemState, bench: Workbench) -> Update:
    """Let the generator work a construct of the snippets into the template."""
    messages = expand_request(bench.dialect, state["seed_template"], hits_of(state), bench.kinds, state["index"])
    answer = await bench.expander.ask(messages)
    if not isinstance(answer.reply, ProposeTemplate):
        return gave_up("expand", "no template", answer, messages)
    reply = answer.reply
    change: Update = {"template": reply.template, "keywords": reply.keywords, "taught_by": reply.snippet}
    return {**change, **step("expand", change, messages, answer)}


async def fill(state: ItemState, bench: Workbench) -> Update:
    """Let the generator fill the template: it calls tools for values, then proposes query and question."""
    schema = bench.generator_schema.about(state["template"], state["index"])
    first = fill_request(bench.dialect, state["template"], schema, state["index"])
    return await turn("fill", state, bench.filler, first)


async def repair(state: ItemState, bench: Workbench) -> Update:
    """Let the repairer mend the last attempt with the snippets retrieved for its error."""
    last, hits = state["attempts"][-1], []
    if not state["messages"]:
        query = last["error"] or f"{last['outcome']} {last['error_class'] or ''}"
        hits = await asyncio.to_thread(bench.index.search, query, 3)
    schema = bench.generator_schema.about(f"{last['sql']} {last['question']}", state["index"])
    first = repair_request(bench.dialect, last, hits, schema)
    update = await turn("repair", state, bench.repairer, first)
    update["steps"][0]["snippets"] = [hit_record(h) for h in hits]
    return update


async def execute(state: ItemState, bench: Workbench) -> Update:
    """Execute the query under limits, and again with its ties broken otherwise; record the attempt."""
    attempt, rows = await asyncio.to_thread(attempt_query, state, bench)
    shown = rows[:SHOWN_ROWS]
    recorded = step(
        "execute",
        {},
        sql=state["sql"],
        rows=shown,
        **{k: attempt[k] for k in ("outcome", "error_class", "error")},
    )
    return {"attempts": [attempt], "rows": shown, "row_count": len(rows), **recorded}


async def critic(state: ItemState, bench: Workbench) -> Update:
    """Check what can be checked, then ask the critic whether the query answers the question."""
    problem = failed_check(state, bench)
    if problem is not None:
        verdict = {"agree": False, "reason": problem, "problem": problem}
        return {"verdict": verdict, "reason": problem, **step("critic", verdict)}
    schema = bench.critic_schema.about(f"{state['sql']} {state['question']}", state["index"])
    messages = critique_request(bench.dialect, state["question"], state["sql"], state["rows"], schema)
    answer = await bench.critic.ask(messages)
    if not isinstance(answer.reply, GiveVerdict):
        return {"verdict": {"agree": False}, **gave_up("critic", "no verdict", answer, messages)}
    verdict = answer.reply.model_dump()
    reason = {} if answer.reply.agree else {"reason": f"critic: {answer.reply.problem}"}
    return {"verdict": verdict, **reason, **step("critic", verdict, messages, answer)}


async def accept(state: ItemState, bench: Workbench) -> Update:
    """End the item as kept, with those other ways to ask it that ask the same."""
    change = {"status": "kept", "paraphrases": _faithful(state, bench)}
    return {**change, **step("accept", change)}


def _faithful(state: ItemState, bench: Workbench) -> list[str]:
    """Return the proposed paraphrases in which nothing of the question's meaning is lost."""
    question, sql = state.get("original_question", state["question"]), state["sql"]
    fit = (said for said in dict.fromkeys(state["paraphrases"]) if 0 < len(said) <= _LONGER * len(question))
    return [said for said in fit if not lost_meaning(question, said, sql, bench.dialect, bench.schema)][:_PARAPHRASES]


async def reject(state: ItemState, bench: Workbench) -> Update:
    """End the item as rejected, for the reason given or that of its last attempt."""
    reason = state.get("reason") or _last_reason(state)
    return {"status": "rejected", "reason": reason, **step("reject", {"reason": reason})}


def _last_reason(state: ItemState) -> str:
    last = state["attempts"][-1]
    return (
        f"{last['outcome']}: {last['error_class'] or last['rule']}"
        if last["error_class"] or last["rule"]
        else str(last["outcome"])
    )
