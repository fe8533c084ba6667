"""The graph of one question.

gold → transpile → execute → accept, or rewrite → execute, or repair ⇄ tools → execute, or reject
"""

from collections.abc import Callable

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from ..routes import HOPELESS, at_once
from ..turns import call_tools, traced
from . import nodes
from .bench import TranslationBench
from .state import TranslationState

TranslationGraph = CompiledStateGraph[TranslationState, None, TranslationState, TranslationState]
_MENDABLE = ("mismatch", "error", "timeout", "too_large", "rejected")


def translation_graph(bench: TranslationBench) -> TranslationGraph:
    """Wire the nodes to ``bench`` and return the compiled graph; it takes one question's state to its end."""
    graph = StateGraph(TranslationState)
    for name, node in (
        ("gold", nodes.establish_gold),
        ("transpile", nodes.transpile_query),
        ("execute", nodes.execute),
        ("rewrite", nodes.rewrite),
        ("repair", nodes.repair),
        ("accept", nodes.accept),
        ("reject", nodes.reject),
    ):
        graph.add_node(name, traced(name, node, bench))
    graph.add_node("tools", traced("tools", call_tools, bench))
    graph.add_edge(START, "gold")
    has_rules = bench.arena.gold_engine.dialect == "sqlite"
    for name, route, targets in (
        ("gold", after_gold, ["transpile", "reject"]),
        ("transpile", after_transpile(has_rules), ["execute", "rewrite", "reject"]),
        ("execute", after_execute(bench.max_repairs, has_rules), ["accept", "rewrite", "repair", "reject"]),
        ("rewrite", after_rewrite(bench.max_repairs), ["execute", "repair", "reject"]),
        ("repair", after_repair, ["tools", "execute", "reject"]),
    ):
        graph.add_conditional_edges(name, at_once(route), targets)
    graph.add_edge("tools", "repair")
    graph.add_edge("accept", END)
    graph.add_edge("reject", END)
    return graph.compile()


Route = Callable[[TranslationState], str]


def after_gold(state: TranslationState) -> str:
    """Without sound gold nothing can be verified."""
    return "reject" if state.get("reason") else "transpile"


def after_transpile(has_rules: bool) -> Route:
    """What sqlglot cannot say goes to our rules, which know SQLite alone."""

    def route(state: TranslationState) -> str:
        return "execute" if state.get("sql") else "rewrite" if has_rules else "reject"

    return route


def after_execute(max_repairs: int, has_rules: bool) -> Route:
    """A match is accepted; else rules come first, then the model, unless the engine says that nothing will help."""

    def route(state: TranslationState) -> str:
        last = state["attempts"][-1]
        if last["outcome"] == "match":
            return "accept"
        if last["outcome"] not in _MENDABLE or last["error_class"] in HOPELESS:
            return "reject"
        if has_rules and last["by"] in ("sqlglot", "rules"):
            return "rewrite"
        return _to_model(state, max_repairs)

    return route


def after_rewrite(max_repairs: int) -> Route:
    """What the rules say anew is executed; when they have nothing more to say it is the model's turn."""

    def route(state: TranslationState) -> str:
        attempts = state["attempts"]
        if state.get("sql") and (not attempts or attempts[-1]["sql"] != state["sql"]):
            return "execute"
        return _to_model(state, max_repairs) if attempts else "reject"

    return route


def after_repair(state: TranslationState) -> str:
    """A repairer with open tool calls goes to the tools, one that gave up to reject."""
    if state.get("reason"):
        return "reject"
    return "tools" if state["messages"] else "execute"


def _to_model(state: TranslationState, max_repairs: int) -> str:
    """Ask the model again unless its tries are spent or it has said the same query twice."""
    said = [attempt["sql"] for attempt in state["attempts"] if attempt["by"] == "model"]
    return "reject" if len(said) >= max_repairs or len(set(said)) < len(said) else "repair"
