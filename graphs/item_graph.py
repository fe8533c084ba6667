"""The graph of one item.

retrieve → expand → fill ⇄ tools → execute → critic → paraphrase → accept, or repair ⇄ tools → execute, or reject
"""

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from . import nodes, routes
from .paraphrasing import paraphrase
from .state import ItemState
from .turns import call_tools, traced
from .workbench import Workbench


def item_graph(bench: Workbench) -> CompiledStateGraph[ItemState, None, ItemState, ItemState]:
    """Wire the nodes to ``bench`` and return the compiled graph; it takes one item's state to its end."""
    graph = StateGraph(ItemState)
    accepted = "paraphrase" if bench.paraphraser else "accept"
    for name, node in (
        ("retrieve", nodes.retrieve),
        ("expand", nodes.expand),
        ("fill", nodes.fill),
        ("tools", call_tools),
        ("execute", nodes.execute),
        ("critic", nodes.critic),
        ("repair", nodes.repair),
        ("paraphrase", paraphrase),
        ("accept", nodes.accept),
        ("reject", nodes.reject),
    ):
        graph.add_node(name, traced(name, node, bench))
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "expand")
    for name, route, targets in (
        ("expand", routes.after_expand, ["fill", "reject"]),
        ("fill", routes.after_agent("execute"), ["tools", "execute", "reject"]),
        ("tools", routes.after_tools, ["fill", "repair"]),
        ("execute", routes.after_execute(bench.max_repairs), ["critic", "repair", "reject"]),
        ("repair", routes.after_agent("execute"), ["tools", "execute", "reject"]),
        ("critic", routes.after_critic(accepted), [accepted, "reject"]),
    ):
        graph.add_conditional_edges(name, routes.at_once(route), targets)
    graph.add_edge("paraphrase", "accept")
    graph.add_edge("accept", END)
    graph.add_edge("reject", END)
    return graph.compile()
