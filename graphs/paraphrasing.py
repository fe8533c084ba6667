"""The paraphrase stage of the build graph: between the critic's yes and the pair's record."""

from ..agents.paraphrase import Verified
from .recording import Update, step
from .state import ItemState
from .workbench import Workbench


async def paraphrase(state: ItemState, bench: Workbench) -> Update:
    """Let the run's paraphraser say the item's question in other words.

    The item keeps the question it was verified with as ``original_question``; words that will not do are dropped,
    and the item goes on with its own question. Raises ``ValueError`` for a run without a paraphraser.
    """
    if bench.paraphraser is None:
        raise ValueError("the run has no paraphraser")
    pair = Verified(state["question"], state["sql"], state["rows"])
    schema = bench.critic_schema.about(f"{pair.sql} {pair.question}", state["index"])
    found = await bench.paraphraser.rewrite(pair, schema)
    change: Update = {"question": found.question, "original_question": pair.question} if found.question else {}
    rewritten, *judged = found.asked
    steps = step("paraphrase", change or {"dropped": found.reason}, *rewritten)["steps"]
    for asked in judged:
        steps += step("paraphrase critic", {}, *asked)["steps"]
    return {**change, "steps": steps}
