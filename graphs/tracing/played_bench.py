"""The workbench of a recorded run, without its engine, its models and its tutorials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import BaseModel

from ...agents.grammar.model import GrammarModel
from ..workbench import Workbench, open_workbench
from .tape import Call, Playback, on_tape
from .taped import TapedAgent, TapedEngine, TapedIndex


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


def played_bench(opening: Sequence[Call], config: dict[str, Any]) -> Workbench:
    """Return the workbench of a build from its configuration and what was asked before its first item."""
    paraphraser = config["paraphraser"]
    with on_tape(Playback(opening)):
        return open_workbench(
            TapedEngine(None),
            TapedIndex(None),
            PlayedVoice(config["generator"]),
            PlayedVoice(config["critic"]),
            config["max_repairs"],
            config["schema_tokens"],
            PlayedVoice(paraphraser) if paraphraser else None,
        )
