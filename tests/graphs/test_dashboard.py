"""Watching a build: live in a terminal, as lines elsewhere."""

import io
import sys

import pytest
from isogloss.graphs.dashboard import Dashboard
from isogloss.graphs.plain_progress import PlainProgress
from isogloss.graphs.progress import Goal, Progress, clock_face
from isogloss.graphs.totals import ItemResult, Status, Totals
from rich.console import Console

REASONS = ["duplicate skeleton", "vacuous", "timeout", "critic: " + "very long words " * 20, "error", "[red]x[/red]"]


def result(status: Status = "kept") -> ItemResult:
    return ItemResult(0, status, None, False, None, [], [], 0.1)


def busy(watcher: Dashboard | PlainProgress) -> Totals:
    """Let a build with five stages and seven kinds of ends go by."""
    totals = Totals()
    for stage in ("corpus", "templates", "database", "engine", "build pairs"):
        watcher.on_stage(stage)
    for n in range(12):
        totals.add("kept" if n % 2 else "rejected", None if n % 2 else REASONS[n // 2], n == 3)
        watcher.on_sql("SELECT " + ", ".join(f"column_{i}" for i in range(200)) + "\x1b[2J")
        watcher.on_item(result("kept" if n % 2 else "rejected"), totals)
    return totals


@pytest.mark.parametrize("width", [80, 200])
def test_the_dashboard_fits_its_terminal(width: int) -> None:
    console = Console(width=width, height=24, file=io.StringIO(), force_terminal=True)
    dashboard = Dashboard(console, "isogloss build · postgres · " + "long " * 60, Goal(500))
    assert len(console.render_lines(dashboard.render())) <= 24
    busy(dashboard)
    lines = ["".join(segment.text for segment in line) for line in console.render_lines(dashboard.render())]
    assert len(lines) <= 24
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for shown in ("6/500 pairs", "build pairs", "duplicate skeleton", "pairs/s", "SELECT column_0"):
        assert shown in text
    assert "\x1b" not in text


def test_lines_come_at_stages_and_at_most_every_two_seconds() -> None:
    stream = io.StringIO()
    with PlainProgress(stream, "a build", Goal(500)) as plain:
        busy(plain)
    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["a build", "corpus …"]
    assert lines[-1].startswith("6/500 kept (1 repaired), 6 rejected")
    assert len(lines) == 7


def test_the_rate_counts_the_pairs_of_this_process() -> None:
    now = [0.0]
    progress = Progress(Goal(110), clock=lambda: now[0])
    progress.on_stage("build")
    assert progress.rate == 0.0
    for second in range(1, 11):
        now[0] = float(second)
        progress.on_item(result(), Totals(items=90 + second, kept=90 + second))
    assert (progress.new, progress.rate, progress.remaining) == (10, 1.0, 10.0)


def test_nothing_kept_tells_no_time_left() -> None:
    assert Progress(Goal(110)).remaining is None


def test_durations_read_as_clocks() -> None:
    assert [clock_face(s) for s in (0, 59.6, 3725, -1)] == ["0:00:00", "0:01:00", "1:02:05", "0:00:00"]


def test_a_dashboard_leaves_the_terminal_as_it_was() -> None:
    console = Console(width=80, height=24, file=io.StringIO(), force_terminal=True)
    before = (sys.stdout, sys.stderr)
    with Dashboard(console, "a build", Goal(5)) as dashboard:
        busy(dashboard)
    assert (sys.stdout, sys.stderr) == before
