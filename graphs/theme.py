"""The few colours of the terminal views, one meaning each, and how SQL looks."""

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.syntax import Syntax

KEPT = "green"
REPAIRED = "yellow"
REJECTED = "red"
ACTIVE = "cyan"
VALUE = "magenta"
QUIET = "dim"


def sql_syntax(sql: str) -> "Syntax":
    """Return ``sql`` highlighted so that it can be read on dark and on light, long lines wrapped."""
    from pygments.token import Comment, Keyword, Literal, Operator
    from rich.style import Style
    from rich.syntax import ANSISyntaxTheme, Syntax

    word, value = Style(bold=True), Style(color=VALUE)
    theme = ANSISyntaxTheme({Keyword: word, Operator.Word: word, Literal: value, Comment: Style(dim=True)})
    return Syntax(sql, "sql", theme=theme, background_color="default", word_wrap=True)


def status_text(status: str, repaired: bool) -> Text:
    """Return an item's status in its colour."""
    if status == "kept":
        return Text("repaired", style=REPAIRED) if repaired else Text("kept", style=KEPT)
    return Text(status, style=REJECTED)


def facts() -> Table:
    """Return an empty grid for names and what they are, the names quiet."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
