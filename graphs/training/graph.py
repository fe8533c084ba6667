"""The training graph: its nodes run stages, its edges say what comes next.

prepare → sft ⇄ sample, round by round → dpo → merge → keywords → mixture → tune → routing → evaluate

A graph has the nodes that its recipe asks for.
"""

from collections.abc import Callable
from itertools import pairwise

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from . import stages
from .recipe import Recipe
from .stages import Plan, Stage
from .state import Done, TrainingState, rounds_sampled

TrainingGraph = CompiledStateGraph[TrainingState, None, TrainingState, TrainingState]
RunStage = Callable[[Stage], Done]
_TAIL: dict[str, Plan] = {
    "dpo": stages.dpo,
    "merge": stages.merge,
    "keywords": stages.keywords,
    "mixture": stages.mixture,
    "tune": stages.tune,
    "routing": stages.routing,
    "evaluate": stages.evaluate,
}


def training_graph(recipe: Recipe, run: RunStage) -> TrainingGraph:
    """Wire the stages of a recipe to ``run`` and return the compiled graph; it takes an empty state to its end."""
    graph = StateGraph(TrainingState)

    def add(name: str, plan: Plan) -> None:
        graph.add_node(name, lambda state: {"done": [run(stage) for stage in plan(recipe, state)]})

    add("prepare", stages.prepare)
    add("sft", stages.sft)
    graph.add_edge(START, "prepare")
    graph.add_edge("prepare", "sft")
    tail = [*(name for name in _TAIL if recipe.wants(name)), END]
    if recipe.wants("sample"):
        add("sample", stages.sample)
        graph.add_edge("sample", "prepare")
        graph.add_conditional_edges("sft", after_sft(recipe.rounds, tail[0]), ["sample", tail[0]])
    else:
        graph.add_edge("sft", tail[0])
    for name, following in pairwise(tail):
        add(name, _TAIL[name])
        graph.add_edge(name, following)
    return graph.compile()


def after_sft(rounds: int, following: str) -> Callable[[TrainingState], str]:
    """Sample from the experts until the rounds are done."""

    def route(state: TrainingState) -> str:
        return "sample" if rounds_sampled(state) < rounds else following

    return route
