"""The graph of one item.

retrieve → expand → fill ⇄ tools → execute → critic → accept, or repair ⇄ tools → execute, or reject
"""

from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from . import nodes, routes
from .state import ItemState
from .workbench import Workbench

__all__ = ["item_graph"]


def item_graph(bench: Workbench) -> CompiledStateGraph[ItemState, None, ItemState, ItemState]:
    """Wire the nodes to ``bench`` and return the compiled graph; it takes one item's state to its end."""
    graph = StateGraph(ItemState)
    for name, node in (
        ("retrieve", nodes.retrieve),
        ("expand", nodes.expand),
        ("fill", nodes.fill),
        ("tools", nodes.call_tools),
        ("execute", nodes.execute),
        ("critic", nodes.critic),
        ("repair", nodes.repair),
        ("accept", nodes.accept),
        ("reject", nodes.reject),
    ):
        graph.add_node(name, RunnableLambda(nodes.timed(node, bench)))
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "expand")
    graph.add_conditional_edges("expand", routes.after_expand, ["fill", "reject"])
    graph.add_conditional_edges("fill", routes.after_agent("execute"), ["tools", "execute", "reject"])
    graph.add_conditional_edges("tools", routes.after_tools, ["fill", "repair"])
    graph.add_conditional_edges("execute", routes.after_execute(bench.max_repairs), ["critic", "repair", "reject"])
    graph.add_conditional_edges("repair", routes.after_agent("execute"), ["tools", "execute", "reject"])
    graph.add_conditional_edges("critic", routes.after_critic, ["accept", "reject"])
    graph.add_edge("accept", END)
    graph.add_edge("reject", END)
    return graph.compile()
