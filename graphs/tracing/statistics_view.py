"""How the statistics of a run look in a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...tools.proportions import Proportion
from ..cleaning import strip_escapes
from ..progress import clock_face
from ..run_view import percent
from ..spending_view import dollars
from ..theme import ACTIVE, KEPT, QUIET, REJECTED, status_text
from .amounts import duration
from .snippet_statistics import FEWEST_USES, SnippetTotals, best_and_worst, overall_share
from .statistics import AttemptErrors, NodeTotals, RunStatistics

_BAR = 16  # columns
_LONG = 60  # seconds from which on a time is told as on a clock
_SNIPPETS = 5  # of the best, and of the worst
_ATTEMPTS = ("1st", "2nd", "3rd")  # with a column of their own


def show_statistics(console: Console, statistics: RunStatistics) -> None:
    """Print the statistics of a run, part after part."""
    if not statistics.items:
        console.print("The run has no item yet.", style=QUIET)
        return
    _show(console, "stages", _stages(statistics))
    _show(console, "nodes", _nodes(statistics.nodes))
    if statistics.errors:
        _show(console, "what went wrong, by attempt", _errors(statistics.errors))
    _show(console, "slowest items", _items(statistics.slowest))
    if statistics.dearest:
        _show(console, "dearest items", _items(statistics.dearest))
    if statistics.snippets:
        _show_snippets(console, statistics.snippets)


def _show(console: Console, title: str, table: Table) -> None:
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print()


def _table(numbers: Iterable[str], text: str | None = None) -> Table:
    """Return a table of a name, numbers and, if ``text`` heads it, what takes the rest of the line."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, expand=text is not None)
    table.add_column(no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    if text is not None:
        table.add_column(text, no_wrap=True, overflow="ellipsis", ratio=1)
    return table


def _stages(statistics: RunStatistics) -> Table:
    table = _table(("items", "", "", "lost"), "most of them for")
    table.columns[3].justify = "left"
    for stage in statistics.stages:
        aside = stage.inner or stage.detour
        style = KEPT if stage.name == "kept" else QUIET if aside else ACTIVE
        name = Text(strip_escapes(f"  {stage.name}" if aside else stage.name), style=style)
        bar = "" if stage.detour else "━" * round(_BAR * stage.items / statistics.items)
        share = percent(stage.items, statistics.items, 1)
        lost = Text(f"{stage.lost:,}" if stage.lost else "", style=REJECTED)
        why = Text(strip_escapes(stage.reason or ""), style=QUIET)
        table.add_row(name, f"{stage.items:,}", share, Text(bar, style=style), lost, why)
    return table


def _nodes(nodes: list[NodeTotals]) -> Table:
    spent = ("tokens", "cost") if any(node.tokens_in or node.tokens_out for node in nodes) else ()
    table = _table(("steps", "time", "", "median", "p95", *spent))
    seconds = sum(node.seconds for node in nodes)
    for node in nodes:
        share = f"{100 * node.seconds / seconds:.0f} %" if seconds else ""
        times = (_time(node.seconds), share, _time(node.median), _time(node.p95))
        tokens = node.tokens_in + node.tokens_out
        paid = (f"{tokens:,}", dollars(node.cost)) if tokens else ("", "")
        name = Text(strip_escapes(node.node), style=ACTIVE)
        table.add_row(name, f"{node.steps:,}", *times, *paid[: len(spent)])
    return table


def _errors(errors: list[AttemptErrors]) -> Table:
    table = _table((*_ATTEMPTS, "later", "all", "mended", ""))
    for each in errors:
        counts = [each.by_attempt.get(number, 0) for number in range(1, len(_ATTEMPTS) + 1)]
        counts += [each.count - sum(counts), each.count, each.mended]
        name = Text(strip_escapes(each.error), style=REJECTED)
        table.add_row(name, *(f"{count:,}" if count else "" for count in counts), percent(each.mended, each.count))
    return table


def _items(items: list[dict[str, Any]]) -> Table:
    spent = ("tokens", "cost") if any(item["tokens"] for item in items) else ()
    table = _table(("", "time", *spent), "question, or why there is none")
    table.columns[0].header, table.columns[0].justify, table.columns[1].justify = "item", "right", "left"
    for item in items:
        paid = (f"{item['tokens']:,}", dollars(item["cost"])) if item["tokens"] else ("", "")
        status = status_text(item["status"], bool(item["repaired"]))
        about = Text(strip_escapes(item["question"] or item["reason"] or ""), style=QUIET)
        table.add_row(str(item["item"]), status, _time(item["seconds"]), *paid[: len(spent)], about)
    return table


def _show_snippets(console: Console, snippets: list[SnippetTotals]) -> None:
    overall = overall_share(snippets)
    teaches = any(each.taught for each in snippets)
    parts = zip(("best", "worst"), best_and_worst(snippets, _SNIPPETS), (KEPT, REJECTED), strict=True)
    for name, part, style in parts:
        if part:
            table = _table(("95 %", "kept", "of", "found"), "snippet")
            for each in part:
                _add_snippet(table, each, style if _stands_out(each.share, overall) else QUIET)
            _show(console, f"{name} snippets", table)
    uses = "taught" if teaches else "were found for"
    console.print(f"{len(snippets):,} snippets {uses} {overall.whole:,} items, {_share(overall)} kept.", style=QUIET)
    if rare := sum(each.share.whole < FEWEST_USES for each in snippets):
        console.print(f"{rare:,} of them with fewer than {FEWEST_USES} uses are not judged.", style=QUIET)


def _add_snippet(table: Table, each: SnippetTotals, style: str) -> None:
    share = each.share
    counts = (f"{count:,}" for count in (share.part, share.whole, each.retrieved))
    interval = f"{100 * share.low:.0f} to {100 * share.high:.0f}"
    what = Text.assemble((f"{strip_escapes(each.source)}  ", QUIET), strip_escapes(each.title))
    table.add_row(Text(_share(share), style=style), interval, *counts, what)


def _stands_out(share: Proportion, overall: Proportion) -> bool:
    """Say whether the run's share is outside the interval of this one."""
    return overall.value is not None and not share.low <= overall.value <= share.high


def _share(share: Proportion) -> str:
    return percent(share.part, share.whole)


def _time(seconds: float) -> str:
    return clock_face(seconds) if seconds >= _LONG else duration(seconds)
