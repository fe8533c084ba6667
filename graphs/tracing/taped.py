"""Engine, tutorials and agents of a run, their answers to its items kept, or played back in their absence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Self, TypeVar

from langchain_core.messages import AIMessage, BaseMessage
from pydantic import TypeAdapter

from ...agents.asking import Agent, Answer
from ...agents.budget import Usage
from ...agents.replies import GiveUp
from ...agents.reply_cache import request_key
from ...agents.sampler import Sampler, SamplingSettings, was_cut_off
from ...knowledge.index import Index
from ...knowledge.snippet import Hit
from ...tools.engines import Engine
from ...tools.errors import IsoglossError
from ...tools.gold import Gold
from ...tools.outcome import ErrorClass, Execution, Limits, Outcome
from ...tools.schema import Schema
from .tape import Playback, answered, digest, tape_running

T = TypeVar("T")
_SCHEMA, _HITS = TypeAdapter(Schema), TypeAdapter(list[Hit])


class TapedEngine:
    """An engine whose answers are kept; without one, inside of a playback, they are those that were."""

    def __init__(self, engine: Engine | None, kind: str = "engine") -> None:
        """Take the engine, and what ``kind`` of answerer it is where there are several."""
        self._engine, self._kind = engine, kind
        facts = answered(kind, ["facts"], self._facts, _same, _same)
        self.dialect: str = facts["dialect"]
        self.version: str = facts["version"]
        self.stand_in: bool = facts["stand_in"]
        self.sampled: Mapping[str, Collection[int]] = engine.sampled if engine else {}
        self._schema = answered(
            kind,
            ["schema"],
            lambda: _there(self._engine).schema(),
            lambda schema: _SCHEMA.dump_python(schema, mode="json"),
            _SCHEMA.validate_python,
        )

    def schema(self) -> Schema:
        """Return the database's schema, as it was when the engine was opened."""
        return self._schema

    def sample_values(self, table: str, column: str, limit: int = 20, seed: int = 0) -> list[Any]:
        """Return distinct non-null values of a column, the same for the same seed."""
        request = ["values", table, column, limit, seed]
        return answered(
            self._kind, request, lambda: _there(self._engine).sample_values(table, column, limit, seed), list, list
        )

    def sample_rows(self, table: str, limit: int = 5, seed: int = 0) -> list[dict[str, Any]]:
        """Return rows of a table, the same for the same seed."""
        request = ["rows", table, limit, seed]
        return answered(self._kind, request, lambda: _there(self._engine).sample_rows(table, limit, seed), list, list)

    def execute(self, sql: str, limits: Limits | None = None) -> Execution:
        """Execute one read-only statement, as any engine does."""
        request = ["execute", sql, asdict(limits) if limits else None]
        return answered(
            self._kind, request, lambda: _there(self._engine).execute(sql, limits), _plain_execution, _execution
        )

    def apart(self, workers: int = 1) -> Engine:
        """Return the engine apart, its answers not kept."""
        return _there(self._engine).apart(workers)

    def close(self) -> None:
        """Close the engine, if there is one."""
        if self._engine is not None:
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _facts(self) -> dict[str, Any]:
        engine = _there(self._engine)
        return {"dialect": engine.dialect, "version": engine.version, "stand_in": engine.stand_in}


class TapedIndex:
    """Tutorials whose answers are kept; without an index, inside of a playback, they are those that were."""

    def __init__(self, index: Index | None) -> None:
        self._index = index

    def search(self, query: str, k: int = 4) -> list[Hit]:
        """Return the ``k`` best snippets, best first."""
        return answered(
            "tutorials",
            [query, k],
            lambda: _there(self._index).search(query, k),
            lambda hits: _HITS.dump_python(hits, mode="json"),
            _HITS.validate_python,
        )


class TapedSampler:
    """A sampler whose answers are kept; without one, inside of a playback, they are those that were."""

    def __init__(self, settings: SamplingSettings, sampler: Sampler | None) -> None:
        self.settings, self._sampler = settings, sampler

    async def sample(self, question: str, messages: Sequence[dict[str, Any]], plain: str) -> list[Answer]:
        """Return the samples of a question, as ``Sampler.sample`` does."""
        request, tape = digest(["samples", question, messages, plain]), tape_running()
        if isinstance(tape, Playback):
            return [_sample(kept) for kept in tape.answer("model", request)]
        answers = await _there(self._sampler).sample(question, messages, plain)
        if tape is not None:
            kept = [_plain_answer(answer) | {"cut": was_cut_off(answer.message)} for answer in answers]
            tape.keep("model", request, kept)
        return answers


def _sample(kept: dict[str, Any]) -> Answer:
    ended = {"finish_reason": "length" if kept["cut"] else "stop"}
    message = AIMessage.model_validate(kept["message"]).model_copy(update={"response_metadata": ended})
    return Answer(message, None, kept["problem"], Usage(**kept["usage"]), kept["model"])


class TapedAgent(Agent):
    """An agent whose answers are kept, or played back."""

    async def ask(self, messages: list[BaseMessage]) -> Answer:
        """Return the answer to ``messages``; raises as ``Agent.ask`` does, and ``Diverged`` in a playback."""
        request, tape = digest([self.reply.__name__, request_key("", messages)]), tape_running()
        if isinstance(tape, Playback):
            return self._answer(tape.answer("model", request))
        answer = await super().ask(messages)
        if tape is not None:
            tape.keep("model", request, _plain_answer(answer))
        return answer

    def _answer(self, kept: dict[str, Any]) -> Answer:
        message = AIMessage.model_validate(kept["message"])
        usage = Usage(**kept["usage"])
        reply = None
        if kept["reply"]:
            name, values = kept["reply"]
            reply = (GiveUp if name == GiveUp.__name__ else self.reply).model_validate(values)
        return Answer(message, reply, kept["problem"], usage, kept["model"])


def _there(asked: T | None) -> T:
    """Return who is asked; raises ``IsoglossError`` where a playback has nobody."""
    if asked is None:
        raise IsoglossError("An item that is played back has nobody to ask.")
    return asked


def _same(facts: dict[str, Any]) -> dict[str, Any]:
    return facts


def _plain_answer(answer: Answer) -> dict[str, Any]:
    reply = [type(answer.reply).__name__, answer.reply.model_dump(mode="json")] if answer.reply else None
    return {
        "message": answer.message.model_dump(mode="json", include={"content", "tool_calls", "invalid_tool_calls"}),
        "reply": reply,
        "problem": answer.problem,
        "usage": asdict(answer.usage),
        "model": answer.model,
    }


def _plain_execution(execution: Execution) -> dict[str, Any]:
    return {
        **asdict(replace(execution, rows=())),
        "outcome": execution.outcome.value,
        "error_class": execution.error_class.value if execution.error_class else None,
        "rows": execution.rows,
    }


def _execution(kept: dict[str, Any]) -> Execution:
    error_class = ErrorClass(kept["error_class"]) if kept["error_class"] else None
    return Execution(**{**kept, "outcome": Outcome(kept["outcome"]), "error_class": error_class})


def plain_gold(gold: Gold) -> dict[str, Any]:
    """Return gold as values that can be kept."""
    ranks = None if gold.ranks is None else list(gold.ranks)
    return {
        "dialect": gold.dialect,
        "execution": _plain_execution(gold.execution),
        "ranks": ranks,
        "unstable": gold.unstable,
        "failure": gold.failure,
    }


def restored_gold(kept: dict[str, Any]) -> Gold:
    """Return the gold that ``plain_gold`` was given."""
    return Gold(**{**kept, "execution": _execution(kept["execution"])})
