"""The grammar model: a chat model that answers the agents' requests by rules.

It reads the same prompts as any other model and answers with the same tool calls, so the graphs cannot
tell the difference. All its choices come from the text of the request: the same request, the same reply.
"""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from sqlglot import exp

from ...tools.parsing import parse
from ...tools.render import render
from ..prompting import read_sections
from ..schema_text import read_schema
from ..verbalise.queries import question
from ..verbalise.scope import Unsayable
from .critic import judge
from .expand import expand
from .fill import CannotFill, Filling, begin, finish, read_samples
from .repair import CannotRepair, Failure, repair, wanted_values

_SNIPPET = "### "


class GrammarModel(BaseChatModel):
    """Answers the requests for each of the agents' replies, but not to paraphrase."""

    tool_names: tuple[str, ...] = ()

    @property
    def _llm_type(self) -> str:
        return "grammar"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model knowing which tools it may call; the reply tool names the request."""
        names = tuple(convert_to_openai_tool(t)["function"]["name"] for t in tools)
        return GrammarModel(tool_names=names)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)  # rules wait for nothing, so no thread is worth its switch

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        first = next(m for m in messages if isinstance(m, HumanMessage))
        sections = read_sections(str(first.content))
        rng = random.Random(hashlib.sha256(str(first.content).encode()).digest())
        answer = next((a for name, a in _ANSWERS.items() if name in self.tool_names), None)
        if answer is None:
            raise ValueError("the grammar model answers only the agents' own requests; choose another model for chat")
        try:
            calls = answer(sections, _samples(messages), rng)
        except (CannotFill, CannotRepair, Unsayable) as reason:
            calls = [("GiveUp", {"reason": f"{_WHY[type(reason)]}: {reason}"})]
        tool_calls = [{"name": n, "args": a, "id": f"call_{i}", "type": "tool_call"} for i, (n, a) in enumerate(calls)]
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=tool_calls))])


_WHY: dict[type[Exception], str] = {
    CannotFill: "does not fit the database",
    CannotRepair: "no cure known",
    Unsayable: "no faithful words",
}

Calls = list[tuple[str, dict[str, Any]]]
Samples = dict[tuple[str, str], list[Any]]


def _samples(messages: list[BaseMessage]) -> Samples | None:
    """Return what the ``sample_values`` calls so far gave, or None before any."""
    asked = {c["id"]: c["args"] for m in messages if isinstance(m, AIMessage) for c in m.tool_calls}
    replies = [(asked[m.tool_call_id], str(m.content)) for m in messages if isinstance(m, ToolMessage)]
    return read_samples(replies) if replies else None


def _snippets(text: str) -> dict[str, str]:
    """Return the snippets of a request by id, in order."""
    found = {}
    for part in ("\n" + text).split("\n" + _SNIPPET)[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body
    return found


def _template(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    kinds = set(sections["kinds"].split(", "))
    done = expand(sections["template"], _snippets(sections["snippets"]), sections["dialect"], kinds, rng)
    return [
        (
            "ProposeTemplate",
            {"template": done.template, "keywords": list(done.keywords), "snippet": done.snippet},
        )
    ]


def _candidate(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    filling = _begun(sections["template"], sections["dialect"], sections["schema"], rng.getstate()).again(rng)
    if samples is None and filling.wanted:
        return [("sample_values", {"table": t, "column": c, "seed": rng.randrange(1000)}) for t, c in filling.wanted]
    tree = finish(filling, samples or {})
    return [("ProposeCandidate", _said(tree, sections, rng))]


@lru_cache(maxsize=256)
def _begun(template: str, dialect: str, schema: str, state: tuple[Any, ...]) -> Filling:
    """Return a filling begun with ``rng`` in a state: it is wanted before its values are asked for, and after."""
    rng = random.Random()
    rng.setstate(state)
    return begin(template, dialect, read_schema(schema), rng)


def _said(tree: exp.Expr, sections: dict[str, str], rng: random.Random) -> dict[str, Any]:
    """Return the query as text, and what the text asks, in up to three phrasings."""
    dialect, schema = sections["dialect"], read_schema(sections["schema"])
    sql = render(tree, dialect, copy=False)
    read = parse(sql, dialect)
    seeds = [rng.randrange(2**32) for _ in range(4)]
    phrasings = list(dict.fromkeys(question(read.copy(), schema, dialect, random.Random(s)) for s in seeds))
    return {"sql": sql, "question": phrasings[0], "paraphrases": phrasings[1:3]}


def _verdict(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    rows = json.loads(sections["rows"])
    agree, reason, problem = judge(
        sections["question"], sections["sql"], rows, sections["dialect"], read_schema(sections["schema"])
    )
    return [("GiveVerdict", {"agree": agree, "reason": reason, "problem": problem})]


def _failure(sections: dict[str, str]) -> Failure:
    return Failure(
        sections["sql"],
        sections["dialect"],
        read_schema(sections["schema"]),
        sections["outcome"],
        sections.get("error_class", ""),
        sections.get("error", ""),
        _snippets(sections.get("snippets", "")),
    )


def _repaired(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    failure = _failure(sections)
    wanted = wanted_values(failure)
    if samples is None and wanted:
        return [("sample_values", {"table": t, "column": c, "seed": rng.randrange(1000)}) for t, c in wanted]
    tree, change = repair(failure, samples or {}, rng)
    return [("ProposeRepair", {**_said(tree, sections, rng), "change": change})]


def _translated(sections: dict[str, str], samples: Samples | None, rng: random.Random) -> Calls:
    if sections["outcome"] != "error":
        raise CannotRepair("no rule for rows that differ")
    tree, change = repair(_failure(sections), samples or {}, rng)
    return [("ProposeTranslation", {"sql": render(tree, sections["dialect"]), "change": change})]


_ANSWERS: dict[str, Callable[[dict[str, str], Samples | None, random.Random], Calls]] = {
    "ProposeTemplate": _template,
    "ProposeCandidate": _candidate,
    "GiveVerdict": _verdict,
    "ProposeRepair": _repaired,
    "ProposeTranslation": _translated,
}
