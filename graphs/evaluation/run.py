"""Evaluation: whatever gives answers, judged by executing them beside gold on a benchmark, in any dialect."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from ...tools.errors import IsoglossError, UsageError
from ...tools.outcome import Limits
from ...tools.question_sets import Question, QuestionSet
from ...training.graded import GradedAnswer
from ..arena import Arena, open_arena
from ..questions import by_database, digest, drawn, usable_questions
from .directory import EvalDirectory, note_spent, open_directory, read_evaluation, spent_on
from .grading import bad_gold, grade, reference
from .models import ModelAnswers, ModelConfig
from .predictions import read_predictions
from .report import EvalReport, eval_report
from .report_files import write_reports
from .systems import Answer, PredictedAnswers, System, baseline

EVALS = Path("evals")
_LIMITS = Limits(seconds=10)  # per statement


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


class Watcher(Protocol):
    """Whoever watches an evaluation."""

    def on_start(self, done: int, of: int) -> None:
        """Of so many answers, so many were graded before."""

    def on_database(self, name: str) -> None:
        """A database is opened."""

    def on_answer(self, answer: GradedAnswer) -> None:
        """An answer was graded."""


def evaluate(config: EvalConfig, watcher: Watcher) -> EvalReport:
    """Grade predictions or a baseline and report; the same evaluation, started again, goes on where it stopped.

    Raises ``UsageError`` for a set, dialect, file or directory that will not do.
    """
    if [config.predictions, config.baseline, config.model].count(None) != 2:
        raise UsageError("Name one of --generator, --predictions and --baseline: what is to be evaluated.")
    questions = usable_questions(config.questions, config.dialect, config.databases, config.gold_dialect)
    if config.predictions is not None:
        predictions = read_predictions(config.predictions, questions, config.dialect)
        return evaluate_system(config, questions, PredictedAnswers(predictions), watcher)
    if config.model is not None:
        path = _directory(config, questions, config.model.generator)
        with ModelAnswers(config.model, spent_on(path)) as model:
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
        _Evaluation(config, system, directory, watcher).grade(chosen)
        report = eval_report(config, questions, chosen, system, directory, against)
        write_reports(report, path)
        directory.note(status="finished")
    return report


def _directory(config: EvalConfig, questions: QuestionSet, system: str) -> Path:
    return config.out or EVALS / _slug(f"{questions.name}-{config.dialect}-{system}")


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.")


def _question_id(answer: Answer | GradedAnswer) -> str:
    return answer.id if isinstance(answer, GradedAnswer) else answer.question.id


class _Evaluation:
    """One evaluation under way."""

    def __init__(self, config: EvalConfig, system: System, directory: EvalDirectory, watcher: Watcher) -> None:
        self._config, self._system, self._directory, self._watcher = config, system, directory, watcher
        self._telling = Lock()

    def grade(self, questions: Sequence[Question]) -> None:
        """Grade what is not graded yet, database by database."""
        wanted = {(q.id, sample) for q in questions for sample in self._system.samples(q)}
        self._watcher.on_start(len(wanted & self._directory.answers.keys()), len(wanted))
        self._directory.note(goal=len(wanted))
        left = [q for q in questions if self._lacks(q)]
        for (source, gold_dialect), asked in by_database(left).items():
            self._watcher.on_database(asked[0].database)
            with ExitStack() as stack:
                opening = open_arena(source, gold_dialect, self._config.dialect, self._config.workers, _LIMITS)
                try:
                    arena = stack.enter_context(opening)
                except IsoglossError as error:
                    self._give_up(asked, f"the database does not load: {error}")
                    continue
                self._directory.note(engine=arena.engine.version, stand_in=arena.engine.stand_in)
                self._grade_in(arena, asked)

    def _lacks(self, question: Question) -> bool:
        return any((question.id, sample) not in self._directory.answers for sample in self._system.samples(question))

    def _grade_in(self, arena: Arena, questions: Sequence[Question]) -> None:
        """Grade the answers as they come, while the system finds the next ones; if it fails, those it gave."""
        pool = ThreadPoolExecutor(self._config.workers)
        try:
            golds = list(pool.map(lambda q: arena.gold(q.sql), questions))
            for question, gold in zip(questions, golds, strict=True):
                if gold.failure:
                    self._give_up([question], gold.failure)
            asked = [question for question, gold in zip(questions, golds, strict=True) if not gold.failure]
            by_id = {question.id: question for question in asked}
            answers = self._system.answers(asked, arena)
            list(pool.map(lambda each: self._grade(each, by_id[_question_id(each)], arena), answers))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            pool.shutdown()

    def _grade(self, answer: Answer | GradedAnswer, question: Question, arena: Arena) -> None:
        if question.id not in self._directory.references:  # kept first, so that no question with an answer lacks it
            self._directory.add_reference(question.id, reference(question, arena))
        if (question.id, answer.sample) not in self._directory.answers:
            self._keep(answer if isinstance(answer, GradedAnswer) else grade(answer, arena))

    def _give_up(self, questions: Sequence[Question], reason: str) -> None:
        """Keep that gold is no good: nobody is asked such questions."""
        for question in questions:
            for sample in self._system.samples(question):
                if (question.id, sample) not in self._directory.answers:
                    self._keep(bad_gold(question, sample, self._config.dialect, reason))

    def _keep(self, answer: GradedAnswer) -> None:
        self._directory.add(answer)
        with self._telling:
            self._watcher.on_answer(answer)
