"""What the pairs of a run would cost with paid models: `python benchmarks/tokens.py RUN TOKENIZER`.

RUN is a run of the `grammar` model, TOKENIZER a folder with a `tokenizer.json`, such as that of `smollm2` in
Isogloss's folder. Each call is put together again from the trace: system prompt, tools and reply as JSON schemas, and
the conversation so far, which is sent again with the tools' replies. Printed are tokens for each kept pair, those of
rejected items included, and dollars for 1,000 pairs, on the assumption that a model calls as often and says as much as
`grammar` does. It is an estimate: other tokenizers count otherwise, and what providers add of their own, thoughts and
discounts are left out. `isogloss build` prints at its end what a run has really cost.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.agents.prices import Price, price_of
from isogloss.agents.prompting import prompt_text
from isogloss.agents.replies import GiveUp, GiveVerdict, ProposeCandidate, ProposeRepair, ProposeTemplate
from isogloss.agents.toolbox import agent_tools
from isogloss.graphs.spending import spending
from isogloss.graphs.tracing.trace import Step, Trace
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.engines import open_engine
from langchain_core.utils.function_calling import convert_to_openai_tool
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

MODELS = (
    "openai:gpt-4.1-nano",
    "google_genai:gemini-2.5-flash-lite",
    "openai:gpt-4.1-mini",
    "google_genai:gemini-2.5-flash",
    "anthropic:claude-haiku-4-5",
    "openai:gpt-4.1",
    "anthropic:claude-sonnet-4-5",
)


@dataclass(slots=True)
class Taken:
    """What the calls of a node take: tokens read and written."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


def fixed_texts() -> dict[str, str]:
    """Return what each call of a node begins with: the system prompt, and the schemas of tools and reply."""
    with open_engine("sqlite", "shop", workers=1) as engine:
        tools = agent_tools(engine, open_index(load_corpus("sqlite")))
    offered: dict[str, tuple[str, list[Any]]] = {
        "expand": ("expand", [ProposeTemplate, GiveUp]),
        "fill": ("fill", [*tools, ProposeCandidate, GiveUp]),
        "repair": ("repair", [*tools, ProposeRepair, GiveUp]),
        "critic": ("critique", [GiveVerdict, GiveUp]),
    }
    return {n: prompt_text(p) + json.dumps([convert_to_openai_tool(t) for t in o]) for n, (p, o) in offered.items()}


def calls(steps: Sequence[Step]) -> Iterator[tuple[str, str, str]]:
    """Yield the node, the conversation so far and the reply of each call of an item."""
    conversation, before = "", ""
    for step in steps:
        if step.reply is not None:
            conversation = conversation if before == "tools" else step.prompt or ""
            yield step.node, conversation, step.reply
            conversation += f"\n{step.reply}"
        for told in step.delta.get("replies", []):
            conversation += f"\n{told['reply']}"
        before = step.node


def count(run: Path, tokenizer: Tokenizer) -> dict[str, Taken]:
    """Return what the calls of each node take."""

    def tokens(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    taken: defaultdict[str, Taken] = defaultdict(Taken)
    fixed = {node: tokens(text) for node, text in fixed_texts().items()}
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        for row in trace.query("SELECT item FROM items ORDER BY item"):
            for node, conversation, reply in calls(trace.steps(row["item"])):
                taken[node].calls += 1
                taken[node].tokens_in += fixed[node] + tokens(conversation)
                taken[node].tokens_out += tokens(reply)
    return dict(taken)


def token_table(taken: dict[str, Taken], kept: int) -> Table:
    table = Table("for each kept pair", "calls", "tokens read", "tokens written", title=f"{kept} pairs kept")
    whole = Taken(*(sum(getattr(t, name) for t in taken.values()) for name in ("calls", "tokens_in", "tokens_out")))
    for node, each in {**taken, "all": whole}.items():
        table.add_row(
            node, f"{each.calls / kept:.2f}", f"{each.tokens_in / kept:,.0f}", f"{each.tokens_out / kept:,.0f}"
        )
    return table


def cost_table(taken: dict[str, Taken], kept: int) -> Table:
    def dollars(price: Price, judging: bool) -> float:
        nodes = [each for node, each in taken.items() if (node == "critic") == judging]
        return 1000 * sum(price.cost(each.tokens_in, each.tokens_out) for each in nodes) / kept

    table = Table("dollars for 1,000 kept pairs", "as generator", "as critic", "as both")
    for model in MODELS:
        if price := price_of(model):
            writes, judges = dollars(price, False), dollars(price, True)
            table.add_row(model, f"{writes:.2f}", f"{judges:.2f}", f"{writes + judges:.2f}")
    return table


def main() -> None:
    run, tokenizer = Path(sys.argv[1]), Tokenizer.from_file(str(Path(sys.argv[2]) / "tokenizer.json"))
    taken, kept = count(run, tokenizer), spending(run).kept
    console = Console(width=100)
    console.print(token_table(taken, kept))
    console.print(cost_table(taken, kept))


if __name__ == "__main__":
    main()
