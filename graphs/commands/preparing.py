"""``isogloss train prepare`` and ``isogloss keywords``: what models are trained and mixed with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...agents.defaults import SCHEMA_TOKENS, SCHEMA_VALUES
from ...tools.errors import UsageError
from .model_options import SchemaValues
from .options import Dialect, Json, show

if TYPE_CHECKING:
    from ..training.prepare import PrepareConfig


def prepare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="Directories that build, translate or sample wrote.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The examples, as JSON lines.")],
    schema_tokens: Annotated[
        int, typer.Option(metavar="N", min=100, help="At most so much of a schema in a prompt.")
    ] = SCHEMA_TOKENS,
    schema_values: SchemaValues = SCHEMA_VALUES,
    writer: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Of translations only those by sqlglot, rules, 'exact rules' or model."),
    ] = None,
    databases: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where databases are that were elsewhere.")
    ] = None,
    db: Annotated[
        list[str] | None, typer.Option(metavar="NAME=DB", help="Where one database is, or its URL with the password.")
    ] = None,
    evaluation: Annotated[
        bool, typer.Option("--evaluation", help="Take in what is on databases for evaluation.")
    ] = False,
    json: Json = False,
) -> None:
    """Make examples to train on from the pairs of runs, with the prompts of sampling and evaluation."""
    from ..training.prepare import prepare as prepare_examples
    from ..training.prepare_view import show_prepared
    from ..training.watching import watched

    config = prepare_config(runs, out, schema_tokens, schema_values, writer, databases, db, evaluation)
    with watched("prepare", "prepared") as tell:
        made = prepare_examples(config, tell)
    show(json, made, lambda console: show_prepared(console, made))


def prepare_config(
    runs: list[Path],
    out: Path,
    schema_tokens: int,
    schema_values: int,
    writer: list[str] | None,
    databases: Path | None,
    db: list[str] | None,
    evaluation: bool,
) -> "PrepareConfig":
    """Return what the options ask to be prepared; raises ``UsageError`` for a --db that names no database."""
    from ..training.prepare import PrepareConfig

    named = dict(map(_named, db or []))
    return PrepareConfig(runs, out, schema_tokens, schema_values, named, databases, writer or (), evaluation)


def keywords(
    dialect: Dialect,
    runs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RUN]...", help="Runs of several dialects; by default the tutorials."),
    ] = None,
    top: Annotated[int, typer.Option(metavar="K", min=1, help="So many keywords of each dialect, at most.")] = 20,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write those of all dialects, for isogloss train mixture.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what tells a dialect's queries from those of the others, by how sure that is."""
    from ..training.keyword_mining import mine_keywords
    from ..training.keyword_view import show_keywords
    from ..training.watching import watched

    with watched("read queries", "read") as tell:
        mined = mine_keywords(dialect, runs or (), top, out, tell)
    show(json, mined, lambda console: show_keywords(console, mined))


def _named(text: str) -> tuple[str, str]:
    name, _, place = text.partition("=")
    if not (name and place):
        raise UsageError(f"'{text}' names no database: write --db NAME=DB, as in --db school=data/school.sqlite.")
    return name, place
