"""What the samples of a question set are made of, and the crew that draws and grades them."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from ...agents.budget import Budget
from ...agents.sampler import Sampler
from ...tools.dialect_schema import dialect_schema
from ...tools.errors import IsoglossError
from ...tools.outcome import Limits
from ...tools.question_sets import Question
from ..answering.graph import AnswerBench, answered
from ..arena import open_arena
from ..question_run import QuestionCrew, QuestionWork
from ..run_directory import ItemResult
from ..run_models import FEW, in_flight, open_voices
from ..tracing.taped import TapedSampler
from ..work import Observer
from .config import SampleConfig
from .result import not_loaded, sampled_result

_LIMITS = Limits(seconds=10.0)  # per statement


@dataclass(frozen=True, slots=True)
class SampleWork(QuestionWork[SampleConfig]):
    """What determines the samples of the questions."""

    @contextmanager
    def crew(self, models: dict[str, BaseChatModel], budget: Budget, observer: Observer) -> Iterator["SampleCrew"]:
        """Make the sampler of the model; databases are opened in their turn."""
        with open_voices(models, self.models, budget) as voices:
            voice = voices[self.config.generator]
            assert voice.channel is not None  # grammar alone has none
            sampler = Sampler(voice.model, voice.channel, self.config.sampling)
            with SampleCrew(self, TapedSampler(sampler.settings, sampler)) as crew:
                yield crew


class SampleCrew(QuestionCrew[AnswerBench]):
    """A model that answers questions several times over."""

    def __init__(self, work: SampleWork, sampler: TapedSampler) -> None:
        super().__init__(work.questions)
        self._work, self._sampler = work, sampler

    def __enter__(self) -> "SampleCrew":
        return self

    def open_bench(self, stack: ExitStack, question: Question) -> AnswerBench:
        """Open the question's database, in the engine of its gold and in that of the answers."""
        config = self._work.config
        source = self._work.places.get(question.source, question.source)
        opening = open_arena(source, question.dialect, config.dialect, config.workers, _LIMITS)
        arena = stack.enter_context(opening)
        schema = dialect_schema(arena.engine, config.models.schema_tokens, config.schema_values)
        return AnswerBench(arena, schema, self._sampler, doubting=True)

    def not_loaded(self, index: int, question: Question, error: IsoglossError) -> ItemResult:
        """Return the result of a question whose database cannot be had."""
        config = self._work.config
        return not_loaded(index, question, config.dialect, config.sampling.requests, error, self._work.lineage)

    async def answers(
        self, first: int, questions: list[Question], bench: AnswerBench, observer: Observer
    ) -> AsyncGenerator[ItemResult]:
        """Yield the graded samples of questions on one database; ``first`` is the index of the first."""
        engine, models = bench.arena.engine, self._work.models
        lineage = {**self._work.lineage, "engine": engine.version, "stand_in": engine.stand_in}
        at_once = in_flight(models, self._work.asked)
        results = answered(questions, bench, at_once, min(FEW, at_once) if models.limited else None, observer.on_sql)
        async with aclosing(results):
            index = first
            async for found in results:
                yield sampled_result(index, found, lineage)
                index += 1
