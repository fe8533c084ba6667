"""``isogloss corpus``: the tutorials from which a dialect is taught."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Corpus, Dialect, Json, show

_Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="How many of each list to show.")]
corpus_app = typer.Typer(help="The tutorials from which a dialect is taught.", no_args_is_help=True)


@corpus_app.command("list")
def corpus_list(
    dialect: Annotated[str | None, typer.Argument(help="Only of this one.")] = None, json: Json = False
) -> None:
    """List the corpora of every dialect."""
    from ..corpora import corpus_rows
    from ..corpus_view import show_corpora

    rows = corpus_rows(dialect)
    show(json, rows, lambda console: show_corpora(console, rows))


@corpus_app.command("add")
def corpus_add(
    dialect: Dialect,
    name: Annotated[str, typer.Argument(help="What to call the corpus.")],
    paths: Annotated[list[Path], typer.Argument(help="Tutorial files, or folders of them.")],
) -> None:
    """Import tutorials as a corpus; one of that name is replaced."""
    from ...knowledge.corpus import add_corpus
    from ..console import console
    from ..corpus_view import show_import
    from ..training.watching import watched

    with watched("reading", "of the pages read") as tell:
        report = add_corpus(dialect, name, paths, tell)
    show_import(console(), report, f"{dialect} {name}")


@corpus_app.command("use")
def corpus_use(
    dialect: Dialect, name: Annotated[str, typer.Argument(help="A corpus of 'isogloss corpus list'.")]
) -> None:
    """Choose the corpus that a dialect is taught from."""
    from ...knowledge.corpus import use_corpus

    use_corpus(dialect, name)
    print(f"{dialect} is taught from {name} from now on.")


@corpus_app.command("search")
def corpus_search(
    dialect: Dialect,
    query: Annotated[str, typer.Argument(help="A construct, an error message, any words.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many snippets.")] = 4,
    corpus: Corpus = None,
    json: Json = False,
) -> None:
    """Show what is retrieved for a query."""
    from ..corpora import search
    from ..corpus_view import show_hits

    hits = search(dialect, query, k, corpus)
    show(json, hits, lambda console: show_hits(console, hits))


@corpus_app.command("verify")
def corpus_verify(dialect: Dialect, corpus: Corpus = None, limit: _Limit = 10, json: Json = False) -> None:
    """Execute every example of a corpus; the exit code is 1 if one fails."""
    from ..corpus_checks import verify
    from ..corpus_reports_view import show_verification
    from ..training.watching import watched

    with watched("running", "of the examples run") as tell:
        found = verify(dialect, corpus, tell)
    show(json, found, lambda console: show_verification(console, found, limit))
    if found.failures:
        raise typer.Exit(1)


@corpus_app.command("coverage")
def corpus_coverage(
    dialect: Dialect,
    name: Annotated[str | None, typer.Argument(help="A corpus; by default the one in use.")] = None,
    limit: _Limit = 20,
    json: Json = False,
) -> None:
    """Tell what the engine lists and no snippet teaches: functions and keywords."""
    from ..corpora import coverage
    from ..corpus_reports_view import show_coverage

    found = coverage(dialect, name)
    show(json, found, lambda console: show_coverage(console, found, limit))


@corpus_app.command("diff")
def corpus_diff(
    dialect: Dialect,
    first: Annotated[str, typer.Argument(metavar="A", help="A corpus, DIALECT/NAME, or a path to tutorials.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    limit: _Limit = 10,
    json: Json = False,
) -> None:
    """Tell which topics and keywords one corpus has and the other lacks."""
    from ..corpora import compare
    from ..corpus_reports_view import show_difference

    found = compare(dialect, first, second)
    show(json, found, lambda console: show_difference(console, found, limit))


@corpus_app.command("why")
def corpus_why(
    pair: Annotated[list[str], typer.Argument(metavar="[RUN] PAIR", help="A run (the latest), a pair's id or item.")],
    json: Json = False,
) -> None:
    """Show the snippets that led to a pair, and the one that taught it."""
    from ..corpus_reports_view import show_origin
    from ..corpus_why import item_of, origin

    found = origin(*item_of(pair))
    show(json, found, lambda console: show_origin(console, found))
