"""A model as what is evaluated: it answers through the graph that sampling uses, greedily or several times."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Self

from ...agents.budget import Usage
from ...agents.defaults import SCHEMA_VALUES
from ...agents.models import weights_version
from ...agents.sampler import Sampler, SamplingSettings
from ...tools.dialect_schema import dialect_schema
from ...tools.errors import UsageError
from ...tools.question_sets import Question
from ...training.graded import GradedAnswer
from ...training.prompt_format import FORMAT
from ..answering.graph import AnswerBench, Answered, answered
from ..arena import Arena
from ..run_models import FEW, ModelSettings, in_flight, load_models, open_budget, open_voices, with_models

GREEDY = SamplingSettings(n=1, temperature=0.0)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Which model answers, and how: by default once, taking the likeliest tokens.

    Its prompts show ``schema_values`` values of each column.
    """

    generator: str
    sampling: SamplingSettings = GREEDY
    settings: ModelSettings = field(default_factory=ModelSettings)
    schema_values: int = SCHEMA_VALUES


class ModelAnswers:
    """A language model's answers, graded as they come; a context manager."""

    notes = ()

    def __init__(self, config: ModelConfig, spent: Usage) -> None:
        """Name the model, which has ``spent`` so much on this evaluation before.

        Raises ``UsageError`` if it cannot answer questions.
        """
        if config.generator == "grammar":
            raise UsageError("grammar answers the agents' requests alone: --generator takes a language model.")
        self._config, self.name = config, config.generator
        self._budget = open_budget(config.settings, spent)
        self.identity: dict[str, Any] = {
            "generator": config.generator,
            "weights": weights_version(config.generator, config.settings.bf16),
            **asdict(config.sampling),
            "schema_tokens": config.settings.schema_tokens,
            "schema_values": config.schema_values,
            "reply_tokens": config.settings.reply_tokens,
            "prompt_format": FORMAT,
        }

    def __enter__(self) -> Self:
        """Load the model; raises ``UsageError`` if it is not to be had."""
        self._models = load_models({self.name}, self._config.settings)
        self._opened = ExitStack()
        self._runner = self._opened.enter_context(asyncio.Runner())
        voices = self._opened.enter_context(open_voices(self._models, self._config.settings, self._budget))
        voice = voices[self.name]
        assert voice.channel is not None  # grammar alone has none
        self._sampler = Sampler(voice.model, voice.channel, self._config.sampling)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._runner.run(with_models(self._models.values(), asyncio.sleep(0)))
        self._opened.close()

    @property
    def spent(self) -> Usage:
        """What the model has taken, also before."""
        return self._budget.spent

    def count(self, spent: Usage) -> None:
        """Count what others have had the model do."""
        self._budget.spent += spent

    def samples(self, question: Question) -> Collection[int]:
        """Return the numbers of the question's samples."""
        return range(self._config.sampling.requests)

    def answers(self, questions: Sequence[Question], arena: Arena) -> Iterator[GradedAnswer]:
        """Yield the answers in order, each question's together; raises ``RunStopped`` when the model cannot go on."""
        settings = self._config.settings
        schema = dialect_schema(arena.engine, settings.schema_tokens, self._config.schema_values)
        bench = AnswerBench(arena, schema, self._sampler)
        at_once = in_flight(settings, {self.name})
        found = answered(questions, bench, at_once, min(FEW, at_once) if settings.limited else None)
        try:
            while (each := self._runner.run(_next(found))) is not None:
                yield from each.answers
        finally:
            self._runner.run(found.aclose())


async def _next(found: AsyncGenerator[Answered]) -> Answered | None:
    return await anext(found, None)
