"""The state of one question that a model answers, and what its graph works with. Plain values only: no result set."""

from dataclasses import dataclass
from typing import Any

from ...agents.sampler import Sampler
from ...tools.question_sets import Question
from ...tools.schema_excerpt import SchemaExcerpt
from ..arena import Arena
from ..state import Conversation
from ..tracing.taped import TapedSampler


@dataclass(frozen=True, slots=True)
class AnswerBench:
    """A database, its schema as the model sees it, and the model.

    With ``doubting``, queries that ran are executed again to see whether chance has decided: training data needs it,
    a measurement does not.
    """

    arena: Arena
    schema: SchemaExcerpt
    sampler: Sampler | TapedSampler
    doubting: bool = False

    @property
    def dialect(self) -> str:
        """The dialect of the answers."""
        return self.arena.engine.dialect


class AnswerState(Conversation, total=False):
    """A question on its way.

    ``question`` has the fields of ``Question``; ``chat`` and ``plain`` are the two forms of its prompt. ``replies``,
    ``cut`` (whether a reply was), ``problems`` (of calls given up), ``queries``, ``answers`` (the fields of
    ``GradedAnswer``) and ``doubts`` have a place for each sample. ``sql`` is a query under way, for whoever watches.
    """

    question: dict[str, Any]
    chat: list[dict[str, str]]
    plain: str
    replies: list[str]
    cut: list[bool]
    problems: list[str | None]
    queries: list[str | None]
    sql: str
    answers: list[dict[str, Any]]
    doubts: list[str | None]


def question_of(state: AnswerState) -> Question:
    """Return the question of a state."""
    return Question(**state["question"])
