"""The prompts in use, and how they look in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from ..agents.prompting import own_prompt, prompt_hash, prompt_names
from .theme import QUIET


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt, its version, whether it is the user's own, and where that is looked for."""

    name: str
    version: str
    own: bool
    own_file: str


def prompt_rows() -> list[PromptRow]:
    """Return each prompt as it is in use; raises ``UsageError`` if one of the user's cannot be read."""
    return [
        PromptRow(name, prompt_hash(name), own_prompt(name).is_file(), str(own_prompt(name))) for name in prompt_names()
    ]


def show_prompts(console: Console, rows: Sequence[PromptRow]) -> None:
    """Print a line per prompt, and how to write one's own."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for column in ("prompt", "version", "from"):
        table.add_column(column)
    for row in rows:
        table.add_row(row.name, row.version, row.own_file if row.own else "built in")
    console.print(table)
    console.print("To write your own: isogloss prompt copy NAME", style=QUIET)
