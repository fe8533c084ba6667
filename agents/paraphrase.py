"""Saying a verified pair's question in other words: kept only if the meaning is seen to survive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, Field

from ..tools.schema import Schema
from .asking import Agent, Answer
from .meaning import lost_meaning
from .prompting import request
from .replies import GiveUp, GiveVerdict
from .requests import critique_request

_LONGER = 3  # times as long as the original, at most: a question, not an essay


class ProposeParaphrase(BaseModel):
    """Give the question in other words."""

    question: str = Field(description="the whole question, asking exactly the same")


@dataclass(frozen=True, slots=True)
class Verified:
    """A verified pair: a question, the query that answers it, and the first rows of its result."""

    question: str
    sql: str
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """What came of it: ``question`` if it is to be kept, else ``reason`` says why not.

    ``asked`` are the requests and answers, the paraphraser's first.
    """

    question: str | None
    reason: str | None
    asked: list[tuple[list[BaseMessage], Answer]] = field(default_factory=list)


class Paraphraser:
    """An agent that rewrites questions, and a critic that sees that they still ask the same."""

    def __init__(self, writer: Agent, critic: Agent, dialect: str, schema: Schema) -> None:
        """Take an agent that replies ``ProposeParaphrase``, and one that replies ``GiveVerdict``."""
        self._writer, self._critic = writer, critic
        self._dialect, self._schema = dialect, schema

    async def rewrite(self, pair: Verified, schema_text: str) -> Paraphrase:
        """Return the pair's question in other words, if the checks and then the critic find its meaning in them."""
        messages = request(
            "paraphrase", self._dialect, {"dialect": self._dialect, "question": pair.question, "sql": pair.sql}
        )
        answer = await self._writer.ask(messages)
        asked = [(messages, answer)]
        if not isinstance(answer.reply, ProposeParaphrase):
            why = answer.reply.reason if isinstance(answer.reply, GiveUp) else answer.problem
            return Paraphrase(None, f"no paraphrase: {why}", asked)
        said = " ".join(answer.reply.question.split())
        if unfit := self._unfit(pair, said):
            return Paraphrase(None, unfit, asked)
        messages = critique_request(self._dialect, said, pair.sql, pair.rows, schema_text)
        verdict = await self._critic.ask(messages)
        asked.append((messages, verdict))
        if not isinstance(verdict.reply, GiveVerdict):
            return Paraphrase(None, "the critic gave no verdict", asked)
        if not verdict.reply.agree:
            return Paraphrase(None, f"critic: {verdict.reply.problem}", asked)
        return Paraphrase(said, None, asked)

    def _unfit(self, pair: Verified, said: str) -> str | None:
        """Return why a paraphrase will not do, without asking anybody."""
        if said.lower().strip(" .?!") in ("", pair.question.lower().strip(" .?!")):
            return "nothing in other words"
        if len(said) > _LONGER * len(pair.question):
            return "too long"
        lost = lost_meaning(pair.question, said, pair.sql, self._dialect, self._schema)
        return f"changes {lost[0]}" if lost else None
