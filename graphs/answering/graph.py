"""A model answers questions: the graph of one question, and a stream of many on one database.

gold → prompt → generate → extract → grade, or an end after gold where that does not run
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from ...tools.question_sets import Question
from ...training.graded import GradedAnswer
from ..stream import final_states
from ..tracing.trace import Step
from ..turns import traced
from . import nodes
from .state import AnswerBench, AnswerState, question_of

__all__ = ["AnswerBench", "Answered", "answer_graph", "answered"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model answered to a question: a graded answer for each sample, in order.

    ``doubts`` say for each why it may match, differ or fail by chance. ``chat`` is the prompt, empty where gold does
    not run. ``steps`` are those of the trace, with the tokens and the cost of each sample.
    """

    question: Question
    answers: list[GradedAnswer]
    doubts: list[str | None]
    chat: list[dict[str, str]]
    steps: list[Step]


async def answered(
    questions: Sequence[Question],
    bench: AnswerBench,
    in_flight: int,
    at_first: int | None = None,
    on_sql: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Answered]:
    """Yield what the model answers to each of the questions on the bench's database, in their order.

    At most ``in_flight`` are under way at a time, ``at_first`` (by default as many) until the first is answered.
    ``on_sql`` hears of queries that are about to be executed. Close it to stop before. Raises ``RunStopped`` when the
    model cannot go on.
    """
    done, few = 0, in_flight if at_first is None else at_first

    def wanted() -> int:
        return min(len(questions) - done, few if not done else len(questions))

    states = final_states(answer_graph(bench), _Questions(questions), 0, in_flight, wanted, on_sql)
    async with aclosing(states):
        async for state in states:
            done += 1
            yield _answered(state)


def answer_graph(bench: AnswerBench) -> CompiledStateGraph[AnswerState, None, AnswerState, AnswerState]:
    """Wire the nodes to ``bench`` and return the compiled graph; it takes one question's state to its end."""
    graph = StateGraph(AnswerState)
    for name, node in (
        ("gold", nodes.gold),
        ("prompt", nodes.prompt),
        ("generate", nodes.generate),
        ("extract", nodes.extract),
        ("grade", nodes.grade),
    ):
        graph.add_node(name, traced(name, node, bench))
    graph.add_edge(START, "gold")
    graph.add_conditional_edges("gold", _after_gold, ["prompt", END])
    graph.add_edge("prompt", "generate")
    graph.add_edge("generate", "extract")
    graph.add_edge("extract", "grade")
    graph.add_edge("grade", END)
    return graph.compile()


async def _after_gold(state: AnswerState) -> str:
    return END if "answers" in state else "prompt"


@dataclass(frozen=True, slots=True)
class _Questions:
    """The questions as the items of a stream."""

    questions: Sequence[Question]

    def begin(self, index: int) -> AnswerState:
        """Return the state in which question ``index`` begins."""
        return {"question": asdict(self.questions[index]), "messages": [], "steps": []}


def _answered(state: AnswerState) -> Answered:
    answers = [GradedAnswer(**fields) for fields in state["answers"]]
    steps: list[dict[str, Any]] = state["steps"]
    made = [Step(**each) for each in steps]
    return Answered(question_of(state), answers, state["doubts"], state.get("chat", []), made)
