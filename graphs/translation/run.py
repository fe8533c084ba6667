"""A run of translations: every question of a set, database by database, committed in order."""

from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ... import __version__
from ...agents.models_providers import shown_address
from ...agents.prompting import prompt_hash, read_prompts_anew
from ...knowledge.corpus import Corpus, load_corpus
from ...knowledge.index import Index, open_index
from ...tools.dialects import get_dialect
from ...tools.errors import IsoglossError
from ...tools.outcome import Limits
from ...tools.question_sets import Question, QuestionSet
from ..arena import open_arena
from ..build import Observer
from ..cleaning import secrets_in
from ..question_run import commit_by_database
from ..questions import digest
from ..run_directory import ItemResult, RunDirectory
from ..run_models import Voice, in_flight, load_models, open_budget, open_voices
from ..run_summary import run_to_its_end
from ..spending import spending, spent_so_far
from ..stream import final_states
from ..tracing.tape import Recording, on_tape
from ..tracing.taped import TapedIndex
from ..tracing.trace import Step
from .bench import TranslationBench, open_bench
from .config import TranslationConfig, TranslationSummary
from .graph import translation_graph
from .result import translated
from .state import TranslationState, beginning

_LIMITS = Limits(seconds=10.0)


def translate_questions(config: TranslationConfig, questions: QuestionSet, observer: Observer) -> TranslationSummary:
    """Translate all questions; the same configuration on the same directory goes on where it stopped.

    Raises ``UsageError`` for bad input, before anything is written, and ``RunStopped`` when no model ever answered.
    """
    get_dialect(config.dialect)
    read_prompts_anew()
    with ExitStack() as stack:
        models = load_models({config.generator}, config.models)
        observer.on_stage("index corpus")
        corpus = load_corpus(config.dialect, config.corpus)
        index = stack.enter_context(closing(open_index(corpus)))
        secrets = secrets_in(config.models.base_url, *{question.source for question in questions.questions})
        path = config.out or Path("runs") / f"{questions.name}-{config.dialect}-{config.seed}"
        identity = _identity(config, questions, corpus)
        run = stack.enter_context(closing(RunDirectory.open(path, identity, secrets, len(questions.questions))))
        run.note(problems=[asdict(problem) for problem in questions.problems])
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        voices = stack.enter_context(open_voices(models, config.models, budget))
        work = _Work(config, run, index, voices[config.generator], _lineage(config, corpus), observer)
        todo = commit_by_database(questions.questions, run, observer, work.commit_group)
        stop, seconds = run_to_its_end(run, models.values(), todo)
        seconds += run.noted("seconds", 0.0)
        run.note(seconds=seconds)
        if stop is None:
            run.finish({"seconds": seconds})
        return TranslationSummary(
            directory=path,
            totals=run.totals,
            seconds=seconds,
            engine=run.noted("engine", ""),
            spending=spending(path),
            problems=questions.problems,
            stop=stop,
        )


class _Work:
    """One process's part of a run."""

    def __init__(
        self,
        config: TranslationConfig,
        run: RunDirectory,
        index: Index,
        voice: Voice,
        lineage: dict[str, Any],
        observer: Observer,
    ) -> None:
        self._config, self._run, self._index, self._voice = config, run, index, voice
        self._lineage, self._observer = lineage, observer

    async def commit_group(self, questions: list[Question]) -> None:
        """Commit the questions of one database, as rejected where it cannot be had."""
        config, source = self._config, questions[0]
        with ExitStack() as stack:
            try:
                with on_tape(opening := Recording()):
                    found = open_arena(source.source, source.dialect, config.dialect, config.workers, _LIMITS)
                    arena = stack.enter_context(found)
                    tokens = config.models.schema_tokens
                    bench = open_bench(arena, TapedIndex(self._index), self._voice, config.max_repairs, tokens)
            except IsoglossError as error:  # this database cannot be had; the others can
                for question in questions:
                    self._commit(_not_loaded(self._run.next_item, question, error))
                return
            self._run.note(engine=arena.engine.version)
            self._run.keep_opening(opening.calls)
            await self._commit_translated(questions, bench)

    async def _commit_translated(self, questions: list[Question], bench: TranslationBench) -> None:
        first, engine = self._run.next_item, bench.arena.engine
        lineage = {**self._lineage, "engine": engine.version, "stand_in": engine.stand_in}
        states = final_states(
            translation_graph(bench),
            _Items(first, questions),
            first,
            in_flight(self._config.models, {self._config.generator}),
            lambda: first + len(questions) - self._run.next_item,
            self._observer.on_sql,
        )
        async with aclosing(states):
            async for state in states:
                self._commit(translated(state, questions[state["index"] - first], lineage))

    def _commit(self, result: ItemResult) -> None:
        self._run.commit(result)
        self._observer.on_item(result, self._run.totals)


@dataclass(frozen=True, slots=True)
class _Items:
    first: int
    questions: list[Question]

    def begin(self, index: int) -> TranslationState:
        return beginning(index, self.questions[index - self.first])


def _not_loaded(index: int, question: Question, error: IsoglossError) -> ItemResult:
    step = Step("gold", 0.0, {"reason": "database not loaded"}, error=str(error))
    return ItemResult(index, "rejected", "database not loaded", False, None, [], [step], 0.0)


def _identity(config: TranslationConfig, questions: QuestionSet, corpus: Corpus) -> dict[str, Any]:
    """Return what determines the data."""
    return {
        "kind": "translation",
        "dialect": config.dialect,
        "questions": digest(questions),
        "generator": config.generator,
        "corpus": corpus.hash,
        "max_repairs": config.max_repairs,
        "evaluation": config.evaluation,
        "schema_tokens": config.models.schema_tokens,
        "reply_tokens": config.models.reply_tokens,
        "prompt": prompt_hash("translate"),
    }


def _lineage(config: TranslationConfig, corpus: Corpus) -> dict[str, Any]:
    """Return where every pair of the run comes from."""
    return {
        "dialect": config.dialect,
        "evaluation_database": config.evaluation,
        "generator": config.generator,
        "base_url": shown_address(config.models.base_url),
        "corpus": corpus.name,
        "corpus_hash": corpus.hash,
        "isogloss": __version__,
        "prompt": prompt_hash("translate"),
    }
