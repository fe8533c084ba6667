"""Evaluation: whatever gives answers, judged by executing them beside gold on a benchmark, in any dialect."""

import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from ...tools.errors import UsageError
from ...tools.question_sets import Question, QuestionSet
from ..crew import joined, refuse_limits
from ..questions import digest, drawn, usable_questions
from ..work import Cluster
from .directory import EvalDirectory, note_spent, open_directory, read_evaluation, spent_on
from .graded import Grading, Watcher
from .models import ModelAnswers, ModelConfig
from .part import Part
from .predictions import read_predictions
from .report import EvalReport, eval_report
from .report_files import write_reports
from .systems import PredictedAnswers, System, baseline

EVALS = Path("evals")


@dataclass(frozen=True, slots=True)
class EvalConfig:
    """What to evaluate: on the question set at ``questions``, in ``dialect``, the predictions or the baseline named.

    Or the answers of ``model``. ``limit`` questions are chosen by ``seed``; ``databases`` is their folder where it
    is not beside them. ``out`` is by default evals/SET-DIALECT-SYSTEM. ``against`` is another evaluation's directory;
    ``gold_dialect`` is that of gold where the set does not say.
    """

    questions: Path
    dialect: str
    predictions: Path | None = None
    baseline: str | None = None
    databases: Path | None = None
    limit: int | None = None
    seed: int = 0
    workers: int = 2
    out: Path | None = None
    against: Path | None = None
    model: ModelConfig | None = None
    gold_dialect: str = "sqlite"
    cluster: Cluster | None = None


def evaluate(config: EvalConfig, watcher: Watcher) -> EvalReport:
    """Grade predictions or a baseline and report; the same evaluation, started again, goes on where it stopped.

    Raises ``UsageError`` for a set, dialect, file or directory that will not do.
    """
    if [config.predictions, config.baseline, config.model].count(None) != 2:
        raise UsageError("Name one of --generator, --predictions and --baseline: what is to be evaluated.")
    if config.cluster and config.model:
        refuse_limits(config.model.settings)
    questions = usable_questions(config.questions, config.dialect, config.databases, config.gold_dialect)
    if config.predictions is not None:
        predictions = read_predictions(config.predictions, questions, config.dialect)
        return evaluate_system(config, questions, PredictedAnswers(predictions), watcher)
    if config.model is not None:
        path = _directory(config, questions, config.model.generator)
        model = ModelAnswers(config.model, spent_on(path))
        with nullcontext() if config.cluster else model:  # the machines of a cluster load it
            try:
                return evaluate_system(config, questions, model, watcher)
            finally:
                note_spent(path, model.spent)
    return evaluate_system(config, questions, baseline(str(config.baseline), questions, config.dialect), watcher)


def evaluate_system(config: EvalConfig, questions: QuestionSet, system: System, watcher: Watcher) -> EvalReport:
    """Grade the answers of ``system``, whatever it is, to ``questions``; see ``evaluate``."""
    against = read_evaluation(config.against) if config.against else None
    chosen = drawn(questions.questions, config.limit, config.seed)
    path = _directory(config, questions, system.name)
    made_of = {"set": digest(questions), "dialect": config.dialect, "system": system.name, **system.identity}
    with open_directory(path, made_of) as directory:
        _grade(config, system, directory, watcher, chosen)
        report = eval_report(config, questions, chosen, system, directory, against)
        write_reports(report, path)
        directory.note(status="finished")
    return report


def _grade(
    config: EvalConfig, system: System, directory: EvalDirectory, watcher: Watcher, questions: Sequence[Question]
) -> None:
    """Grade what is not graded yet, here or on a cluster."""
    wanted = {(question.id, sample) for question in questions for sample in system.samples(question)}
    watcher.on_start(len(wanted & directory.answers.keys()), len(wanted))
    directory.note(goal=len(wanted))
    lacking = {question for question, _ in wanted - directory.answers.keys()}
    left = [question for question in questions if question.id in lacking]
    if config.cluster is None:
        Grading(config.dialect, config.workers, system, directory, watcher).grade(left)
        return
    with joined(config.cluster) as connection:
        from .shared_out import graded_parts

        for part in graded_parts(connection, system, left, config.dialect, config.workers):
            _take_in(part, system, directory, watcher)


def _take_in(part: Part, system: System, directory: EvalDirectory, watcher: Watcher) -> None:
    """Keep what a machine of the cluster has graded."""
    directory.note(**part.facts)
    for question, sql in part.references.items():
        directory.add_reference(question, sql)
    for answer in part.answers.values():
        directory.add(answer)
        watcher.on_answer(answer)
    if isinstance(system, ModelAnswers):
        system.count(part.spent)


def _directory(config: EvalConfig, questions: QuestionSet, system: str) -> Path:
    return config.out or EVALS / _slug(f"{questions.name}-{config.dialect}-{system}")


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.")
