"""``isogloss corpus``: the tutorials from which a dialect is taught."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from .options import Corpus, Dialect, Json, show

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
    show_import(console(), report)


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
def corpus_verify(dialect: Dialect, corpus: Corpus = None) -> None:
    """Execute every example of a corpus; the exit code is 1 if one fails."""
    from ..console import console
    from ..corpora import verify
    from ..corpus_view import show_verification

    with closing(verify(dialect, corpus)) as results:
        if not show_verification(console(), results):
            raise typer.Exit(1)
