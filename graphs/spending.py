"""What the models of a run have cost: by node, and by kept pair."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..agents.budget import Usage
from .tracing.trace import Trace

if TYPE_CHECKING:
    from .run_directory import RunDirectory


@dataclass(frozen=True, slots=True)
class NodeSpending:
    """What a node's calls have taken: tokens read and written, US dollars (None if a price is unknown)."""

    node: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Spending:
    """What a run's committed items have taken, the dearest node first, and how many pairs it kept."""

    nodes: list[NodeSpending]
    kept: int

    @property
    def usage(self) -> Usage:
        """All of it as one usage."""
        return Usage(sum(n.tokens_in for n in self.nodes), sum(n.tokens_out for n in self.nodes), self.cost)

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return sum(n.tokens_in + n.tokens_out for n in self.nodes)

    @property
    def cost(self) -> float | None:
        """US dollars; None if a price is unknown."""
        costs = [n.cost for n in self.nodes if n.cost is not None]
        return sum(costs) if len(costs) == len(self.nodes) else None

    @property
    def tokens_per_pair(self) -> float | None:
        """Tokens for each kept pair, those of the rejected items included; None if none was kept."""
        return self.tokens / self.kept if self.kept else None

    @property
    def cost_per_pair(self) -> float | None:
        """US dollars for each kept pair, likewise."""
        return self.cost / self.kept if self.kept and self.cost is not None else None


_BY_NODE = """
SELECT node, count(*) AS calls, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out,
  iif(count(cost) = count(*), sum(cost), NULL) AS cost
FROM steps WHERE reply IS NOT NULL GROUP BY node ORDER BY sum(tokens_in + tokens_out) DESC, min(rowid)
"""


def spending(run: Path) -> Spending:
    """Return what the committed items of ``run`` have taken; replies from the cache took nothing.

    Raises ``UsageError`` if ``run`` has no trace.
    """
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        nodes = [NodeSpending(**row) for row in trace.query(_BY_NODE)]
        kept = next(trace.query("SELECT count(*) AS kept FROM items WHERE status = 'kept'"))["kept"]
    return Spending(nodes, kept)


def spent_so_far(run: "RunDirectory") -> Usage:
    """Return what a run has spent, items lost at a stop included; after a crash, what its committed items have."""
    committed, noted = spending(run.path).usage, Usage(**run.noted("spent", {}))
    return max(committed, noted, key=lambda usage: usage.tokens)
