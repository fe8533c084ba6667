"""Which tutorial snippets lead to kept pairs and which to failures, so that a corpus can be improved."""

from dataclasses import dataclass

from ...tools.proportions import Proportion, proportion
from .trace import Trace

FEWEST_USES = 5  # below it, no share tells anything


@dataclass(frozen=True, slots=True)
class SnippetTotals:
    """A snippet: the items that retrieved it, those it ``taught``, and how many of these were kept.

    ``share`` is the share kept of those it taught; in a run where no snippet teaches (one that only repairs), of
    those that retrieved it.
    """

    snippet: str
    title: str
    source: str
    retrieved: int
    taught: int
    kept: int
    rejected: int
    share: Proportion


def read_snippets(trace: Trace) -> list[SnippetTotals]:
    """Return every snippet that was retrieved, by the low end of its share's interval, the best first."""
    rows = list(trace.query("SELECT * FROM snippet_totals"))
    part, whole = ("kept", "taught") if any(row["taught"] for row in rows) else ("retrieved_kept", "retrieved")
    found = []
    for row in rows:
        share = proportion(row[part], row[whole])
        found.append(SnippetTotals(**{k: v for k, v in row.items() if k != "retrieved_kept"}, share=share))
    return sorted(found, key=lambda each: (-each.share.low, each.snippet))


def overall_share(snippets: list[SnippetTotals]) -> Proportion:
    """Return the share kept of all uses together, which a snippet is better or worse than."""
    return proportion(sum(each.share.part for each in snippets), sum(each.share.whole for each in snippets))


def best_and_worst(snippets: list[SnippetTotals], number: int) -> tuple[list[SnippetTotals], list[SnippetTotals]]:
    """Return the ``number`` best above the overall share and the worst below it, of those used often enough.

    The best have the highest low ends of their intervals, the worst the lowest high ends: few uses count for less.
    """
    overall = overall_share(snippets).value or 0.0
    used = [(each, each.share.value) for each in snippets if each.share.whole >= FEWEST_USES]
    better = [each for each, value in used if value is not None and value > overall]
    worse = [each for each, value in used if value is not None and value < overall]
    return (
        sorted(better, key=lambda each: -each.share.low)[:number],
        sorted(worse, key=lambda each: each.share.high)[:number],
    )
