"""What the translations of a question set are made of, and the crew that makes them."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from ...agents.budget import Budget
from ...knowledge.index import Index
from ...tools.errors import IsoglossError
from ...tools.outcome import Limits
from ...tools.question_sets import Question
from ..arena import open_arena
from ..question_run import QuestionCrew, QuestionWork
from ..run_directory import ItemResult
from ..run_models import Voice, in_flight, open_voices
from ..stream import final_states
from ..tracing.taped import TapedIndex
from ..tracing.trace import Step
from ..work import Observer
from .bench import TranslationBench, open_bench
from .config import TranslationConfig
from .graph import translation_graph
from .result import translated
from .state import TranslationState, beginning

_LIMITS = Limits(seconds=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationWork(QuestionWork[TranslationConfig]):
    """What determines the translations of the questions."""

    index: Index

    @contextmanager
    def crew(self, models: dict[str, BaseChatModel], budget: Budget, observer: Observer) -> Iterator["TranslationCrew"]:
        """Bind the repairer to its model; databases are opened in their turn."""
        with (
            open_voices(models, self.models, budget) as voices,
            TranslationCrew(self, voices[self.config.generator]) as crew,
        ):
            yield crew


class TranslationCrew(QuestionCrew[TranslationBench]):
    """A repairer at work on what sqlglot leaves to be mended."""

    def __init__(self, work: TranslationWork, voice: Voice) -> None:
        super().__init__(work.questions)
        self._work, self._voice = work, voice

    def __enter__(self) -> "TranslationCrew":
        return self

    def open_bench(self, stack: ExitStack, question: Question) -> TranslationBench:
        """Open the question's database, in the engine of its dialect and in that of the translations."""
        config = self._work.config
        source = self._work.places.get(question.source, question.source)
        opening = open_arena(source, question.dialect, config.dialect, config.workers, _LIMITS)
        arena, tokens = stack.enter_context(opening), config.models.schema_tokens
        return open_bench(arena, TapedIndex(self._work.index), self._voice, config.max_repairs, tokens)

    def not_loaded(self, index: int, question: Question, error: IsoglossError) -> ItemResult:
        """Return the result of a question whose database cannot be had."""
        step = Step("gold", 0.0, {"reason": "database not loaded"}, error=str(error))
        return ItemResult(index, "rejected", "database not loaded", False, None, [], [step], 0.0)

    async def answers(
        self, first: int, questions: list[Question], bench: TranslationBench, observer: Observer
    ) -> AsyncGenerator[ItemResult]:
        """Yield the translations of questions on one database; ``first`` is the index of the first."""
        engine, items = bench.arena.engine, _Items(first, questions)
        lineage = {**self._work.lineage, "engine": engine.version, "stand_in": engine.stand_in}
        at_once = in_flight(self._work.models, self._work.asked)
        done = 0

        def wanted() -> int:
            return len(questions) - done

        states = final_states(translation_graph(bench), items, first, at_once, wanted, observer.on_sql)
        async with aclosing(states):
            async for state in states:
                done += 1
                yield translated(state, questions[state["index"] - first], lineage)


@dataclass(frozen=True, slots=True)
class _Items:
    first: int
    questions: list[Question]

    def begin(self, index: int) -> TranslationState:
        return beginning(index, self.questions[index - self.first])
