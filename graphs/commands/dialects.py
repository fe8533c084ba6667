"""``isogloss dialect``: the dialects there are, and a new one."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Json, show

dialect_app = typer.Typer(help="The dialects there are, and how to add yours.", no_args_is_help=True)


@dialect_app.command("list")
def dialect_list(json: Json = False) -> None:
    """List the dialects: engine, where each comes from, and what is missing."""
    from ..dialects import dialect_rows, show_dialects

    rows = dialect_rows()
    show(json, rows, lambda console: show_dialects(console, rows))


@dialect_app.command("new")
def dialect_new(
    name: Annotated[str, typer.Argument(help="What to call it, as sqlglot does if it knows it.")],
    parent: Annotated[str, typer.Option("--from", metavar="NAME", help="The dialect that it is most like.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default isogloss-NAME.")] = None,
) -> None:
    """Write a package with a dialect of yours: descriptor, engine, tutorials and tests to edit."""
    from ..new_dialect import next_steps, write_dialect

    print(next_steps(name, parent, write_dialect(name, parent, out or Path(f"isogloss-{name}"))))
