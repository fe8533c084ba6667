"""What a run of translations is asked for, and how it ended."""

from dataclasses import dataclass, field
from pathlib import Path

from ...tools.question_sets import Problem, QuestionSet
from ..questions import chosen_questions, usable_questions
from ..run_models import ModelSettings
from ..run_summary import RunSummary
from ..work import Cluster


@dataclass(frozen=True, slots=True)
class TranslationConfig:
    """What to translate: the question set at ``questions``, whose databases are beside it or in ``databases``.

    ``limit`` questions are drawn by ``seed``; None takes all. ``gold_dialect`` is that of a set which does not say.
    ``evaluation`` marks the databases as ones that models are evaluated on, in every record.
    """

    questions: Path
    dialect: str
    databases: Path | None = None
    gold_dialect: str = "sqlite"
    limit: int | None = None
    seed: int = 0
    out: Path | None = None
    generator: str = "grammar"
    corpus: str | None = None
    workers: int = 2
    max_repairs: int = 3
    evaluation: bool = False
    models: ModelSettings = field(default_factory=ModelSettings)
    cluster: Cluster | None = None


@dataclass(frozen=True, kw_only=True)
class TranslationSummary(RunSummary):
    """How a run ended; ``problems`` are entries of the set that cannot be used.

    ``seconds`` are those of every process that worked on it.
    """

    engine: str
    problems: tuple[Problem, ...]


def questions_to_translate(config: TranslationConfig) -> QuestionSet:
    """Return the questions, those of a database together; raises ``UsageError`` if there are none."""
    found = usable_questions(config.questions, config.dialect, config.databases, config.gold_dialect)
    return chosen_questions(found, config.limit, config.seed)
