"""How a training looks in a terminal: its stages as they come and go, and its report."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..cleaning import strip_escapes
from ..console import PLAIN_TEXT
from ..evaluation.view import show_table
from ..progress import clock_face
from ..theme import ACTIVE, KEPT, QUIET, REPAIRED
from .facts import facts
from .launching import shown_command
from .recipe import Recipe
from .report import TrainingReport
from .report_files import REPORT, best_models, models_table, overview
from .stages import Stage
from .state import Done


class StageLines:
    """Tells on standard error when a stage begins, with its command, and what came of it."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe, self._console = recipe, Console(stderr=True, soft_wrap=True, **PLAIN_TEXT)

    def on_kept(self, done: Done) -> None:
        """Print that a stage was done before."""
        self._print(" · ".join([done["name"], "done before", *facts(done)]), QUIET)

    def on_start(self, stage: Stage) -> None:
        """Print the stage and its command, of which a terminal shows the beginning."""
        self._print(f"{stage.name} …", ACTIVE)
        command = Text(strip_escapes(f"  {shown_command(self._recipe, stage)}"), style=QUIET)
        self._console.print(command, overflow="ellipsis", no_wrap=True, soft_wrap=not self._console.is_terminal)

    def on_end(self, done: Done) -> None:
        """Print how long a stage took and what came of it."""
        self._print(" · ".join([done["name"], clock_face(done["seconds"]), *facts(done)]), KEPT)

    def _print(self, line: str, style: str) -> None:
        self._console.print(Text(strip_escapes(line), style=style))


def show_plan(console: Console, recipe: Recipe, planned: list[Stage]) -> None:
    """Print the command line of every stage."""
    for stage in planned:
        console.print(Text(strip_escapes(f"# {stage.name}"), style=QUIET), soft_wrap=True)
        console.print(Text(strip_escapes(shown_command(recipe, stage))), soft_wrap=True)


def show_report(console: Console, report: TrainingReport, folder: Path) -> None:
    """Print the models' accuracy in each dialect, where everything is, and what to run next in the recipe's folder."""
    if report.scores:
        console.print(Text("execution accuracy, with 95 % intervals", style=QUIET))
        show_table(console, overview(report))
        console.print()
    for line in best_models(report):
        console.print(Text(strip_escapes(line), style="bold"))
    for note in report.notes:
        console.print(Text(strip_escapes(note), style=REPAIRED))
    show_table(console, models_table(report))
    console.print(Text(f"report: {folder / report.directory / REPORT}.md and .json", style=QUIET), soft_wrap=True)
    for command in report.next:
        console.print(Text(f"next: {strip_escapes(command)}", style=QUIET), soft_wrap=True)
