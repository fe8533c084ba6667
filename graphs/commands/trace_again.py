"""``isogloss trace replay``, ``fork``, ``tree`` and ``compare``: recorded items run again, and put side by side."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ...tools.errors import UsageError
from .model_options import asks_models
from .options import MODELS, Json, RunItem, show

if TYPE_CHECKING:
    from ..run_models import ModelSettings

_Words = Annotated[
    list[str] | None, typer.Argument(metavar="[RUN] [ITEM]", help="The run (by default the latest) and the item.")
]


def replay(words: _Words = None, json: Json = False) -> None:
    """Run items again from recorded replies and rows, at no cost; the exit code is 1 if one goes another way."""
    from ..tracing.again_view import show_replays
    from ..tracing.family import named_items
    from ..tracing.replay import replay as replay_items
    from ..training.watching import watched

    run, items = named_items(words or [])
    with watched("replaying", "of the items replayed") as tell:
        replays = replay_items(run, items, tell)
    show(json, replays, lambda console: show_replays(console, replays))
    if any(each.divergence for each in replays):
        raise typer.Exit(1)


@asks_models
def fork(
    *,
    settings: "ModelSettings",
    item: RunItem,
    at: Annotated[int, typer.Option(min=1, metavar="STEP", help="The step from which on it goes another way.")] = 1,
    change: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=TEXT", help="sql, question, template or focus.")
    ] = None,
    generator: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Another generator. {MODELS}")] = None,
    critic: Annotated[str | None, typer.Option(metavar="MODEL", help="Another critic.")] = None,
    corpus: Annotated[str | None, typer.Option(metavar="NAME", help="Other tutorials.")] = None,
    db: Annotated[str | None, typer.Option(metavar="DB", help="The database, where it was not kept.")] = None,
    json: Json = False,
) -> None:
    """Let an item go another way from a step on: a child, linked to it, that changes nothing in the run."""
    from ..tracing.again_view import show_families
    from ..tracing.family import families, named_items
    from ..tracing.fork import Fork, fork_item

    run, [name] = named_items(item)
    changes = dict(_assignment(each) for each in change or [])
    what = Fork(at - 1, changes, generator, critic, corpus, db, settings)
    number = fork_item(run, name, what, lambda stage: print(stage, "…", file=sys.stderr, flush=True))
    [family] = families(run, f"f{number}")
    show(json, {"run": run, "fork": f"f{number}", "family": family}, lambda console: show_families(console, [family]))
    if not json:
        print(f"isogloss trace step {run} f{number}")
        print(f"isogloss trace compare {run} {name} f{number}")


def tree(words: _Words = None, json: Json = False) -> None:
    """Show which items were forked, where, and what became of their forks."""
    from ..tracing.again_view import show_families
    from ..tracing.family import families, named_items

    run, items = named_items(words or [])
    found = families(run, items[0] if items else None)
    show(json, found, lambda console: show_families(console, found))
    if not found and not json:
        print(f"{run} has no forks: make one with 'isogloss trace fork {run} ITEM --at STEP --set sql=…'.")


def compare_items(
    words: Annotated[list[str], typer.Argument(metavar="[RUN] A B", help="The run and two items of it.")],
    json: Json = False,
) -> None:
    """Put two items side by side, step by step."""
    from ..tracing.again_view import show_comparison
    from ..tracing.family import named_items
    from ..tracing.query import read_story

    run, items = named_items(words)
    if len(items) != 2:
        raise UsageError("Two items are compared: isogloss trace compare [RUN] A B.")
    stories = read_story(run, items[0]), read_story(run, items[1])
    show(json, stories, lambda console: show_comparison(console, (items[0], items[1]), stories))


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"'{text}' sets nothing: write NAME=TEXT, as in --set 'sql=SELECT 1'.")
    return name, value
