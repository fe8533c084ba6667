"""A sampling run: every question of a set answered N times, executed and graded, committed in order."""

from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ... import __version__
from ...agents.models import weights_version
from ...agents.models_providers import shown_address
from ...tools.question_sets import QuestionSet
from ...training.pass_at_k import pass_curve
from ...training.prompt_format import FORMAT
from ..cleaning import secrets_in
from ..crew import models_here, open_crew
from ..question_run import commit_questions
from ..questions import digest
from ..run_directory import RunDirectory
from ..run_models import open_budget
from ..run_summary import run_to_its_end
from ..spending import spending, spent_so_far
from ..work import Observer
from .config import SampleConfig, SampleSummary
from .data import DataCounts, committed_samples, write_data
from .work import SampleWork


def sample(config: SampleConfig, questions: QuestionSet, observer: Observer) -> SampleSummary:
    """Sample answers to all questions; the same configuration on the same directory goes on where it stopped.

    However it ends, the training data are written from what is committed. Raises ``UsageError`` for bad input, before
    anything is written, and ``RunStopped`` when the model never answered.
    """
    with ExitStack() as stack:
        observer.on_stage("load model")
        models = models_here(config.cluster, {config.generator}, config.models)
        version = weights_version(config.generator, config.models.bf16)
        path = config.out or Path("runs") / f"sample-{questions.name}-{config.dialect}-{config.sampling.seed}"
        secrets = secrets_in(config.models.base_url, *{question.source for question in questions.questions})
        identity = _identity(config, questions, version)
        run = stack.enter_context(closing(RunDirectory.open(path, identity, secrets, len(questions.questions))))
        run.note(problems=[asdict(problem) for problem in questions.problems])
        written = stack.enter_context(_Data(config, path))
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        work = SampleWork(config, questions.questions, _lineage(config, version))
        opening = open_crew(work, run, config.cluster, models, budget, observer, secrets)
        crew = stack.enter_context(opening)
        todo = commit_questions(len(questions.questions), crew, run, observer)
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
