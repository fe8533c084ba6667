"""Draw the pictures of the views of a trace from a run: `python docs/images/make.py RUN`."""

import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.console import PLAIN_TEXT
from isogloss.graphs.dashboard import Dashboard
from isogloss.graphs.progress import Goal
from isogloss.graphs.run_directory import ItemResult, Totals
from isogloss.graphs.tracing.bindings import press
from isogloss.graphs.tracing.list_view import show_items
from isogloss.graphs.tracing.query import Selection, list_items, read_story
from isogloss.graphs.tracing.screen import frame
from isogloss.graphs.tracing.statistics import read_statistics
from isogloss.graphs.tracing.statistics_view import show_statistics
from isogloss.graphs.tracing.stepper import Stepper
from rich.console import Console, Group

_HERE = Path(__file__).parent
_WIDTH, _HEIGHT = 90, 24
_LARGEST = 60_000  # bytes
_PAIRS = 120


def terminal() -> Console:
    """Return a terminal that keeps what is printed."""
    settings = {"record": True, "width": _WIDTH, "force_terminal": True, "color_system": "standard", **PLAIN_TEXT}
    return Console(file=io.StringIO(), **settings)


def save(console: Console, name: str, title: str) -> None:
    """Write what was printed as a picture; ends the script if it is too large."""
    svg = console.export_svg(title=title)
    if len(svg.encode()) > _LARGEST:
        sys.exit(f"{name} is larger than {_LARGEST} bytes: draw it from another run.")
    (_HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


def draw_list(run: Path) -> None:
    """Draw a list of items that took more than one attempt."""
    console = terminal()
    show_items(console, list_items(run, Selection(where="attempts > 1 or error", limit=12)))
    save(console, "trace-list", "isogloss trace list --where 'attempts > 1 or error'")


def draw_screen(run: Path, item: int, name: str, *keys: str) -> None:
    """Draw what is seen of an item after some keys."""
    console, stepper = terminal(), Stepper(read_story(run, item), _WIDTH, _HEIGHT)
    for key in keys:
        frame(stepper)
        press(stepper, key)
    console.print(Group(*frame(stepper)))
    save(console, name, f"isogloss trace step {item}")


def draw_statistics(run: Path) -> None:
    """Draw what the run comes to."""
    console = terminal()
    show_statistics(console, read_statistics(run))
    save(console, "trace-stats", "isogloss trace stats")


def draw_dashboard() -> None:
    """Draw a build that is half done."""
    console = terminal()

    class Half(Dashboard):
        def on_item(self, result: ItemResult, totals: Totals) -> None:
            super().on_item(result, totals)
            if totals.kept == _PAIRS // 2 and result.status == "kept":
                console.print(self.render())

    with (
        TemporaryDirectory() as folder,
        Half(terminal(), "isogloss build · sqlite · shop · seed 0", Goal(_PAIRS)) as half,
    ):
        build(BuildConfig("sqlite", "shop", _PAIRS, out=Path(folder) / "run"), half)
    save(console, "dashboard", "isogloss build --dialect sqlite --db shop")


def main(run: Path) -> None:
    """Draw a build under way, what the run comes to, a list, and of a repaired item its error and what mended it."""
    draw_dashboard()
    draw_statistics(run)
    repaired = list_items(run, Selection(where="repaired and error", limit=1)).items[0]["item"]
    story = read_story(run, repaired)
    proposed = next(n for n, step in enumerate(story.steps) if step.node == "repair" and step.delta.get("sql"))
    draw_list(run)
    draw_screen(run, repaired, "trace-step", "e")
    draw_screen(run, repaired, "trace-diff", *["n"] * proposed, "d")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
