"""What a sampling run is asked for, and how it ended."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ...agents.budget import BudgetSpent, RunStopped
from ...agents.sampler import SamplingSettings
from ...tools.errors import UsageError
from ...tools.question_sets import Problem, QuestionSet
from ...training.pass_at_k import PassAtK
from ..questions import chosen_questions, usable_questions
from ..run_directory import Totals
from ..run_models import ModelSettings
from ..spending import Spending
from .data import DataCounts


@dataclass(frozen=True, slots=True)
class SampleConfig:
    """What to sample: answers of ``generator`` to the question set at ``questions``, in ``dialect``.

    The set's databases are beside it or in ``databases``. ``limit`` questions are drawn by the seed of ``sampling``;
    None takes all. At most ``per_question`` right queries and pairs of one question go into the training data, and at
    most ``per_class`` pairs of each grade, by default so many that errors do not outweigh (``training.preferences``).
    ``evaluation`` marks the databases as ones that models are evaluated on, in every record.
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


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """How a run ended: its totals by question, ``grades`` by sample, pass@k, and the lines of its data files.

    ``problems`` are entries of the set that cannot be used; ``stop`` is what kept the model from going on.
    """

    directory: Path
    totals: Totals
    seconds: float
    grades: Counter[str]
    pass_at_k: list[PassAtK]
    data: DataCounts
    spending: Spending
    problems: tuple[Problem, ...]
    stop: RunStopped | None = None

    @property
    def failure(self) -> RunStopped | None:
        """What stopped the run, if that was no limit of the user's own."""
        return None if isinstance(self.stop, BudgetSpent) else self.stop


def questions_to_sample(config: SampleConfig) -> QuestionSet:
    """Return the questions to ask, those of a database together.

    Raises ``UsageError`` for a generator that cannot answer questions, a dialect without an engine here, and a set
    without a question to ask.
    """
    if config.generator == "grammar":
        raise UsageError("grammar answers the agents' requests alone: --generator takes a language model.")
    found = usable_questions(config.questions, config.dialect, config.databases)
    return chosen_questions(found, config.limit, config.sampling.seed)
