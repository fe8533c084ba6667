"""The live dashboard of a build, for a terminal of 80 by 24 or more."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .cleaning import strip_escapes
from .progress import Goal, Progress, clock_face
from .theme import ACTIVE, KEPT, QUIET, REJECTED, REPAIRED, sql_syntax
from .totals import ItemResult, Totals

_REASONS = 5  # the most frequent ones
_STAGES = 5  # the latest ones
_SQL_LINES = (5, 12)  # the fewest, and the most in a tall terminal
_OTHER_LINES = 19  # of everything else


class Dashboard:
    """Watches a build and redraws while it runs; a context manager.

    Green is kept, yellow repaired, red rejected, cyan under way.
    """

    def __init__(self, console: Console, title: str, goal: Goal) -> None:
        self._title = title
        self._console = console
        self._spinner = Spinner("dots", style=ACTIVE)
        self.progress = Progress(goal)
        self._live = Live(console=console, get_renderable=self.render, refresh_per_second=8, transient=True)

    def __enter__(self) -> "Dashboard":
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.progress.end_stage()
        self._live.stop()

    @contextmanager
    def paused(self) -> Iterator[Console]:
        """Leave the terminal to somebody else within."""
        self._live.stop()
        try:
            yield self._console
        finally:
            self._live.start(refresh=True)

    def on_stage(self, name: str) -> None:
        """Show that a stage begins."""
        self.progress.on_stage(name)

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """Count an item."""
        self.progress.on_item(result, totals)

    def on_sql(self, sql: str) -> None:
        """Show the statement under way."""
        self.progress.on_sql(strip_escapes(sql))

    def render(self) -> RenderableType:
        """Return the dashboard as it stands; it ends with an empty line, for the terminal's echo of Ctrl-C."""
        progress = self.progress
        head = Table.grid(expand=True)
        head.add_column(no_wrap=True, overflow="ellipsis")
        head.add_column(justify="right", no_wrap=True)
        head.add_row(Text(self._title, style="bold"), Text(clock_face(progress.elapsed), style=QUIET))
        sql = sql_syntax(progress.sql) if progress.sql else Text("nothing yet", style=QUIET)
        fewest, most = _SQL_LINES
        height = max(fewest, min(most, self._console.height - _OTHER_LINES)) + 2
        panel = Panel(sql, title="SQL under way", title_align="left", border_style=QUIET, height=height)
        return Group(
            head,
            self._stages(),
            Text(),
            _bar(progress),
            Text(progress.spent_text, QUIET),
            _counts(progress.totals),
            panel,
            Text(),
        )

    def _stages(self) -> Table:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column()
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right", style=QUIET, no_wrap=True)
        for stage in self.progress.stages[-_STAGES:]:
            done = stage.ended is not None
            seconds = (stage.ended or self.progress.clock()) - stage.began
            mark = Text("✓", style=KEPT) if done else self._spinner
            grid.add_row(mark, Text(stage.name, style="" if done else ACTIVE), f"{seconds:.1f} s")
        return grid


def _bar(progress: Progress) -> Table:
    goal, left = progress.goal.number, progress.remaining
    grid = Table.grid(expand=True, padding=(0, 2, 0, 0))
    grid.add_column(ratio=1)
    for _ in range(3):
        grid.add_column(justify="right", no_wrap=True)
    grid.add_row(
        ProgressBar(total=goal, completed=progress.done, complete_style=ACTIVE, finished_style=KEPT),
        Text.assemble((str(progress.done), "bold"), (f"/{goal} {progress.unit}", QUIET)),
        Text(f"{progress.rate:.1f} {progress.unit}/s"),
        Text(f"{clock_face(left)} left" if left is not None else "", style=QUIET),
    )
    return grid


def _counts(totals: Totals) -> Table:
    rejected = totals.rejected.total()
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=8)
    grid.add_column(justify="right", min_width=5)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_row(Text("kept", style=KEPT), str(totals.kept), Text())
    grid.add_row(Text("repaired", style=REPAIRED), str(totals.repaired), Text("of the kept", style=QUIET))
    top = totals.rejected.most_common(_REASONS)
    reasons = [Text.assemble(f"{count:>5}  ", (strip_escapes(reason), QUIET)) for reason, count in top]
    reasons += [Text()] * (_REASONS - len(reasons))  # a steady height, so that nothing jumps
    grid.add_row(Text("rejected", style=REJECTED), str(rejected), reasons[0])
    for reason in reasons[1:]:
        grid.add_row("", "", reason)
    return grid
