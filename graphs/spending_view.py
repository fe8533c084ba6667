"""How the spending of a run looks in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .spending import Spending


def spending_rows(spent: "Spending") -> Iterator[tuple[str, str, str, str]]:
    """Yield rows of name, cost, share and details: the whole, per 1,000 kept pairs, and each node; none for nothing."""
    if not spent.tokens:
        return
    yield "models", dollars(spent.cost), "", f"{spent.tokens:,} tokens"
    if spent.kept:
        cost = None if spent.cost_per_pair is None else 1000 * spent.cost_per_pair
        yield "per 1,000 pairs", dollars(cost), "", f"{1000 * spent.tokens // spent.kept:,} tokens"
    for node in spent.nodes:
        if tokens := node.tokens_in + node.tokens_out:
            share = f"{100 * tokens / spent.tokens:.0f} %"
            yield f"  {node.node}", dollars(node.cost), share, f"{node.calls:,} calls, {tokens:,} tokens"


def dollars(cost: float | None) -> str:
    """Return a cost in US dollars; ``$?`` for one that is not known."""
    return "$?" if cost is None else f"${cost:.4f}" if cost < 1 else f"${cost:,.2f}"
