"""A sampling run: every question of a set answered N times, executed and graded, committed in order."""

from collections import Counter
from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ... import __version__
from ...agents.models_providers import shown_address
from ...agents.sampler import Sampler
from ...tools.dialect_schema import dialect_schema
from ...tools.errors import IsoglossError
from ...tools.outcome import Limits
from ...tools.question_sets import Question, QuestionSet
from ...training.pass_at_k import pass_curve
from ...training.prompt_format import FORMAT
from ..answering.graph import AnswerBench, answered
from ..arena import open_arena
from ..build import Observer
from ..cleaning import secrets_in
from ..question_run import commit_by_database
from ..questions import digest
from ..run_directory import ItemResult, RunDirectory
from ..run_models import FEW, in_flight, load_models, open_budget, open_voices
from ..run_summary import run_to_its_end
from ..spending import spending, spent_so_far
from ..tracing.tape import Recording, on_tape
from ..tracing.taped import TapedSampler
from .config import SampleConfig, SampleSummary
from .data import DataCounts, committed_samples, write_data
from .result import not_loaded, sampled_result

_LIMITS = Limits(seconds=10.0)  # per statement


def sample(config: SampleConfig, questions: QuestionSet, observer: Observer) -> SampleSummary:
    """Sample answers to all questions; the same configuration on the same directory goes on where it stopped.

    However it ends, the training data are written from what is committed. Raises ``UsageError`` for bad input, before
    anything is written, and ``RunStopped`` when the model never answered.
    """
    with ExitStack() as stack:
        observer.on_stage("load model")
        models = load_models({config.generator}, config.models)
        version = getattr(models[config.generator], "version", None)  # of weights in this process
        path = config.out or Path("runs") / f"sample-{questions.name}-{config.dialect}-{config.sampling.seed}"
        secrets = secrets_in(config.models.base_url, *{question.source for question in questions.questions})
        identity = _identity(config, questions, version)
        run = stack.enter_context(closing(RunDirectory.open(path, identity, secrets, len(questions.questions))))
        run.note(problems=[asdict(problem) for problem in questions.problems])
        written = stack.enter_context(_Data(config, path))
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        voice = stack.enter_context(open_voices(models, config.models, budget))[config.generator]
        assert voice.channel is not None  # grammar alone has none
        sampler = Sampler(voice.model, voice.channel, config.sampling)
        work = _Work(config, run, sampler, _lineage(config, version), observer)
        todo = commit_by_database(questions.questions, run, observer, work.commit_group)
        stop, seconds = run_to_its_end(run, models.values(), todo)
        if stop is None:
            run.finish({"seconds": seconds})
    answers = [each.answer for each in committed_samples(path)]
    return SampleSummary(
        directory=path,
        totals=run.totals,
        seconds=seconds,
        spending=spending(path),
        stop=stop,
        grades=Counter(answer.grade for answer in answers),
        pass_at_k=pass_curve(answers),
        data=written.counts,
        problems=questions.problems,
    )


class _Data:
    """The data files of a run; as a context manager, written at its end, whatever ended it."""

    def __init__(self, config: SampleConfig, path: Path) -> None:
        self._config, self._path = config, path
        self.counts = DataCounts(0, 0, 0)

    def __enter__(self) -> "_Data":
        return self

    def __exit__(self, *_: object) -> None:
        self.counts = write_data(self._path, self._config.per_question, self._config.per_class)


class _Work:
    """One process's part of a run."""

    def __init__(
        self, config: SampleConfig, run: RunDirectory, sampler: Sampler, lineage: dict[str, Any], observer: Observer
    ) -> None:
        self._config, self._run, self._sampler = config, run, sampler
        self._lineage, self._observer = lineage, observer

    async def commit_group(self, questions: list[Question]) -> None:
        """Commit the questions of one database, as rejected where it cannot be had."""
        config, first = self._config, questions[0]
        with ExitStack() as stack:
            try:
                with on_tape(opening := Recording()):
                    found_arena = open_arena(first.source, first.dialect, config.dialect, config.workers, _LIMITS)
                    arena = stack.enter_context(found_arena)
                    schema = dialect_schema(arena.engine, config.models.schema_tokens, config.schema_values)
            except IsoglossError as error:  # this database cannot be had; the others can
                for question in questions:
                    self._commit(self._not_loaded(question, error))
                return
            self._run.keep_opening(opening.calls)
            sampler = TapedSampler(self._sampler.settings, self._sampler)
            bench = AnswerBench(arena, schema, sampler, doubting=True)
            lineage = {**self._lineage, "engine": arena.engine.version, "stand_in": arena.engine.stand_in}
            at_once = in_flight(config.models, {config.generator})
            at_first = min(FEW, at_once) if config.models.limited else None
            results = answered(questions, bench, at_once, at_first, self._observer.on_sql)
            async with aclosing(results):
                async for found in results:
                    self._commit(sampled_result(self._run.next_item, found, lineage))

    def _not_loaded(self, question: Question, error: IsoglossError) -> ItemResult:
        samples = self._config.sampling.requests
        return not_loaded(self._run.next_item, question, self._config.dialect, samples, error, self._lineage)

    def _commit(self, result: ItemResult) -> None:
        self._run.commit(result)
        self._observer.on_item(result, self._run.totals)


def _identity(config: SampleConfig, questions: QuestionSet, version: str | None) -> dict[str, Any]:
    """Return what determines the samples: not how many of them become training data."""
    return {
        "kind": "sampling",
        "dialect": config.dialect,
        "questions": digest(questions),
        "generator": config.generator,
        "weights": version,
        **asdict(config.sampling),
        "evaluation": config.evaluation,
        "schema_tokens": config.models.schema_tokens,
        "schema_values": config.schema_values,
        "reply_tokens": config.models.reply_tokens,
        "prompt_format": FORMAT,
    }


def _lineage(config: SampleConfig, version: str | None) -> dict[str, Any]:
    """Return where every record of the run comes from."""
    settings = config.sampling
    return {
        "dialect": config.dialect,
        "evaluation_database": config.evaluation,
        "generator": config.generator,
        "weights": version,
        "base_url": shown_address(config.models.base_url),
        "samples": settings.requests,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "seed": settings.seed,
        "schema_tokens": config.models.schema_tokens,
        "schema_values": config.schema_values,
        "prompt_format": FORMAT,
        "isogloss": __version__,
    }
