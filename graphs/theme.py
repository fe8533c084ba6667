"""The few colours of the terminal views, one meaning each, and how SQL looks."""

from rich.syntax import Syntax
from rich.text import Text

KEPT = "green"
REPAIRED = "yellow"
REJECTED = "red"
ACTIVE = "cyan"
QUIET = "dim"


def sql_syntax(sql: str) -> Syntax:
    """Return ``sql`` highlighted in the terminal's own colours, long lines wrapped."""
    return Syntax(sql, "sql", theme="ansi_dark", background_color="default", word_wrap=True)


def status_text(status: str, repaired: bool) -> Text:
    """Return an item's status in its colour."""
    if status == "kept":
        return Text("repaired", style=REPAIRED) if repaired else Text("kept", style=KEPT)
    return Text(status, style=REJECTED)
