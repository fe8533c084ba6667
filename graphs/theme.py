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


def pretty_sql(sql: str, dialect: str) -> str:
    """Return ``sql`` laid out over lines, or as it is if it does not parse."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        return str(parse_one(sql, read=dialect).sql(dialect=dialect, pretty=True, max_text_width=60))
    except SqlglotError:
        return sql


def status_text(status: str, repaired: bool) -> Text:
    """Return an item's status in its colour."""
    if status == "kept":
        return Text("repaired", style=REPAIRED) if repaired else Text("kept", style=KEPT)
    return Text(status, style=REJECTED)
