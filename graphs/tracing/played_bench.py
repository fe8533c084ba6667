"""The graph of a recorded run's items, without its engines, its models and its tutorials."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import BaseModel

from ...agents.grammar.model import GrammarModel
from ...agents.sampler import SamplingSettings
from ...tools.dialect_schema import dialect_schema
from ...tools.errors import UsageError
from ..answering.graph import AnswerBench, answer_graph
from ..arena import taped_arena
from ..item_graph import item_graph
from ..translation.bench import open_bench
from ..translation.graph import translation_graph
from ..workbench import open_workbench
from .tape import Call, Playback, on_tape
from .taped import TapedAgent, TapedEngine, TapedIndex, TapedSampler


@dataclass(frozen=True, slots=True)
class PlayedVoice:
    """A model in whose place the tape speaks."""

    name: str

    @property
    def metered(self) -> bool:
        """Whether every token that it was sent was counted."""
        return self.name != "grammar"

    def agent(self, reply: type[BaseModel], tools: Sequence[BaseTool] = ()) -> TapedAgent:
        """Return an agent that answers from the tape."""
        return TapedAgent(GrammarModel(), reply, tools)


def played_graph(opening: Sequence[Call], config: dict[str, Any]) -> Any:
    """Return the graph of a run's items from its configuration and what was asked before them.

    Raises ``UsageError`` for a run whose items cannot be replayed.
    """
    kind = config.get("kind", "build" if "templates" in config else "")
    if kind not in _GRAPHS:
        raise UsageError("Only items of 'isogloss build', 'translate' and 'sample' are replayed.")
    with on_tape(Playback(opening)):
        return _GRAPHS[kind](config)


def _build_graph(config: dict[str, Any]) -> Any:
    paraphraser = config["paraphraser"]
    bench = open_workbench(
        TapedEngine(None),
        TapedIndex(None),
        PlayedVoice(config["generator"]),
        PlayedVoice(config["critic"]),
        config["max_repairs"],
        config["schema_tokens"],
        PlayedVoice(paraphraser) if paraphraser else None,
    )
    return item_graph(bench)


def _translation_graph(config: dict[str, Any]) -> Any:
    voice, repairs, tokens = PlayedVoice(config["generator"]), config["max_repairs"], config["schema_tokens"]
    return translation_graph(open_bench(taped_arena(None, None), TapedIndex(None), voice, repairs, tokens))


def _answer_graph(config: dict[str, Any]) -> Any:
    arena = taped_arena(None, None)
    schema = dialect_schema(arena.engine, config["schema_tokens"], config["schema_values"])
    settings = SamplingSettings(**{each.name: config[each.name] for each in fields(SamplingSettings)})
    return answer_graph(AnswerBench(arena, schema, TapedSampler(settings, None), doubting=True))


_GRAPHS = {"build": _build_graph, "translation": _translation_graph, "sampling": _answer_graph}
