"""How a dataset looks in a terminal: pairs and statistics."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from .cleaning import strip_escapes
from .dataset import Pair
from .dataset_statistics import DatasetStatistics
from .statistics import FEATURES
from .theme import QUIET, REPAIRED, facts, sql_syntax
from .tracing.sql_layout import lay_out

if TYPE_CHECKING:
    from .dataset_export import ExportedDataset

_LISTED = 12  # tables and keywords shown


def show_pairs(console: Console, pairs: Iterable[Pair]) -> None:
    """Print pairs: the question, its lineage in short, the SQL."""
    for pair in pairs:
        console.print(_pair(pair))
        console.print()


def show_statistics(console: Console, statistics: DatasetStatistics) -> None:
    """Print what a dataset is made of."""
    grid = facts()
    fewest, median, most = statistics.question_words
    grid.add_row("pairs", str(statistics.pairs))
    grid.add_row("repaired", _share(statistics.repaired, statistics.pairs))
    for name in FEATURES:
        grid.add_row(f"with {name}", _share(statistics.features.get(name, 0), statistics.pairs))
    grid.add_row("distinct templates", str(statistics.templates))
    grid.add_row("distinct skeletons", str(statistics.skeletons))
    grid.add_row("words in a question", f"{fewest} to {most}, median {median}")
    grid.add_row("tables", _listed(statistics.tables))
    grid.add_row("keywords", _listed(statistics.keywords))
    console.print(grid)


def show_export(console: Console, exported: "ExportedDataset") -> None:
    """Print what was written where, and how Python loads it."""
    told = f"{exported.pairs:,} pairs written to {exported.out}"
    if exported.splits["test"]:
        told += f", {exported.splits['test']:,} of them to test on"
    if exported.repeated:
        told += f"; {exported.repeated:,} that repeat others were left out"
    console.print(told, soft_wrap=True)
    console.print(exported.loading, style=QUIET, soft_wrap=True)


def _pair(pair: Pair) -> RenderableType:
    about = [
        str(pair["id"]),
        f"{pair['rows']} row{'s' * (pair['rows'] != 1)}",
        " ".join(pair["features"]) or "one table",
    ]
    line = Text(" · ".join(about), style=QUIET)
    if pair["repaired"]:
        line.append(" · repaired", style=REPAIRED)
    sql = sql_syntax(lay_out(strip_escapes(pair["sql"]), pair["dialect"]))
    return Group(Text(strip_escapes(pair["question"]), style="bold"), line, Padding(sql, (0, 0, 0, 2)))


def _share(count: int, of: int) -> str:
    return f"{count:>5}  {100 * count / of:5.1f} %" if of else "0"


def _listed(counts: dict[str, int]) -> str:
    shown = [f"{strip_escapes(name)} {count}" for name, count in list(counts.items())[:_LISTED]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more > 0 else "")
