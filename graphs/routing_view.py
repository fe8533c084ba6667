"""How a routing report looks in a terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..training.metrics import Estimate
from ..training.routing.papers import points, said_examples
from ..training.routing.report import RoutingReport
from .cleaning import strip_escapes
from .theme import KEPT, QUIET, REJECTED

_ACROSS = 6  # experts beside each other in 80 columns
_LIGHT, _DARK = (0xE6, 0xF0, 0xF4), (0x1F, 0x6F, 0x8B)  # the shades of no picks, and of the largest share
_BARS = "▁▂▃▄▅▆▇█"


def show_routing(console: Console, report: RoutingReport) -> None:
    """Print who reaches which expert, whether a dialect reaches its own, and how even and how sure each layer is."""
    console.print(f"{len(report.experts)} experts, {report.top_k} to a token; {said_examples(report)}", style=QUIET)
    console.print(f"\npicks by dialect of the example, % (chance {100 / len(report.experts):.1f})", style=QUIET)
    for start in range(0, len(report.experts), _ACROSS):
        console.print(_matrix(report, range(start, min(start + _ACROSS, len(report.experts)))))
    if report.own:
        console.print("* its own expert: how much more it gets, in points with 95 % intervals\n", style=QUIET)
        console.print(_own(report))
    console.print("\nentropy by layer, from 0 to 1", style=QUIET)
    console.print(_entropies(report))
    console.print(
        f"report: {strip_escapes(str(report.directory))}/routing.md, .json and .png", style=KEPT, soft_wrap=True
    )


def _matrix(report: RoutingReport, experts: range) -> Table:
    """Return the shares of picks of some of the experts, the larger the darker."""
    table = _table(["", *(report.labels[number].replace(" ", "\n") for number in experts)])
    largest = max(share for each in report.dialects for share in each.parts["all"].picks)
    for each in report.dialects:
        shares = each.parts["all"].picks
        cells = [_cell(shares[number], largest, report.experts[number] == each.dialect) for number in experts]
        table.add_row(each.dialect, *cells)
    return table


def _cell(share: float, largest: float, own: bool) -> Text:
    depth = share / largest
    red, green, blue = (round(light + depth * (dark - light)) for light, dark in zip(_LIGHT, _DARK, strict=True))
    letters = "white" if depth > 0.5 else "black"
    return Text(f"{100 * share:8.1f}{'*' if own else ' '}", style=f"{letters} on rgb({red},{green},{blue})")


def _own(report: RoutingReport) -> Table:
    """Return what prompts and completions send to the own expert; the matrix tells it of both together."""
    table = _table(["", "tokens", "share", "than chance", "than others"], words=2)
    for each in report.own:
        if each.part != "all":
            more = (_points(each.over_chance), _points(each.over_others))
            table.add_row(each.dialect, each.part, f"{100 * each.share:.1f}", *more)
    return table


def _points(estimate: Estimate | None) -> Text:
    """Return a difference in the colour of its sign, if that is beyond chance."""
    if estimate is None:
        return Text()
    style = KEPT if estimate.low > 0 else REJECTED if estimate.high < 0 else ""
    return Text(points(estimate), style=style)


def _entropies(report: RoutingReport) -> Table:
    layers = report.together["all"].layers
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, values in (
        ("load", [each.entropy_of_mean for each in layers]),
        ("token", [each.mean_entropy for each in layers]),
    ):
        table.add_row(name, "".join(_bars(values)), f"{min(values):.2f} to {max(values):.2f}")
    return table


def _bars(values: list[float]) -> Iterator[str]:
    return (_BARS[min(int(value * len(_BARS)), len(_BARS) - 1)] for value in values)


def _table(names: list[str], words: int = 1) -> Table:
    """Return a table whose first columns are words and whose others are numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place < words else "right", no_wrap=True)
    return table
