"""What a sampling run is asked for, and how it ended."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ...agents.defaults import SCHEMA_VALUES
from ...agents.sampler import SamplingSettings
from ...tools.errors import UsageError
from ...tools.question_sets import Problem, QuestionSet
from ...training.pass_at_k import PassAtK
from ..questions import chosen_questions, usable_questions
from ..run_models import ModelSettings
from ..run_summary import RunSummary
from ..work import Cluster
from .data import DataCounts


@dataclass(frozen=True, slots=True)
class SampleConfig:
    """What to sample: answers of ``generator`` to the question set at ``questions``, in ``dialect``.

    The set's databases are beside it or in ``databases``. ``limit`` questions are drawn by the seed of ``sampling``;
    None takes all. At most ``per_question`` right queries and pairs of one question go into the training data, and at
    most ``per_class`` pairs of each grade, by default so many that errors do not outweigh (``training.preferences``).
    ``evaluation`` marks the databases as ones that models are evaluated on, in every record. The prompts show
    ``schema_values`` values of each column.
    """

    questions: Path
    dialect: str
    generator: str
    databases: Path | None = None
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    limit: int | None = None
    per_question: int = 4
    per_class: int | None = None
    out: Path | None = None
    workers: int = 2
    evaluation: bool = False
    models: ModelSettings = field(default_factory=ModelSettings)
    schema_values: int = SCHEMA_VALUES
    cluster: Cluster | None = None


@dataclass(frozen=True, kw_only=True)
class SampleSummary(RunSummary):
    """How a run ended: ``grades`` by sample, pass@k, and the lines of its data files.

    ``problems`` are entries of the set that cannot be used.
    """

    grades: Counter[str]
    pass_at_k: list[PassAtK]
    data: DataCounts
    problems: tuple[Problem, ...]


def questions_to_sample(config: SampleConfig) -> QuestionSet:
    """Return the questions to ask, those of a database together.

    Raises ``UsageError`` for a generator that cannot answer questions, a dialect without an engine here, and a set
    without a question to ask.
    """
    if config.generator == "grammar":
        raise UsageError("grammar answers the agents' requests alone: --generator takes a language model.")
    found = usable_questions(config.questions, config.dialect, config.databases)
    return chosen_questions(found, config.limit, config.sampling.seed)
