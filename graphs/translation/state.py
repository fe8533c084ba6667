"""The state of one question on its way through the translation graph: plain JSON values and the messages in flight."""

import operator
from typing import Annotated, Any

from ...tools.question_sets import Question
from ..state import Conversation


class TranslationState(Conversation, total=False):
    """One question. ``by`` says who wrote ``sql``: sqlglot, rules, exact rules or model."""

    index: int
    question: str
    gold: str
    sql: str
    by: str
    attempts: Annotated[list[dict[str, Any]], operator.add]
    status: str


def beginning(index: int, question: Question) -> TranslationState:
    """Return the state in which a question begins."""
    return {
        "index": index,
        "question": question.question,
        "gold": question.sql,
        "messages": [],
        "attempts": [],
        "steps": [],
    }
