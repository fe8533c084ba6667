"""How a replay, a family of items and two items side by side look in a terminal."""

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from itertools import islice, zip_longest

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ..cleaning import strip_escapes
from ..theme import ACTIVE, KEPT, QUIET, REJECTED, REPAIRED, status_text
from .difference import sql_difference
from .family import Relative
from .query import Story
from .replay import Replay
from .trace import Step

_LONGEST = 40  # lines shown of a difference


def show_replays(console: Console, replays: Sequence[Replay]) -> None:
    """Print how the replay of each item went, the first divergence of each in full."""
    diverged = [replay for replay in replays if replay.divergence]
    for replay in diverged:
        _show_divergence(console, replay)
    steps = sum(replay.steps for replay in replays)
    same = len(replays) - len(diverged)
    style = REJECTED if diverged else KEPT
    console.print(
        Text(f"{same} of {len(replays)} items replayed as recorded", style=style), f"· {steps} steps, no cost"
    )


def _show_divergence(console: Console, replay: Replay) -> None:
    found = replay.divergence
    if found is None:
        return
    console.print(Text.assemble((f"item {replay.item} ", "bold"), ("diverges", REJECTED)), end="")
    console.print(Text(f" at step {found.step + 1}, {found.node}: {found.part}"))
    if found.part in ("request", "end"):
        console.print(Text(f"  now: {strip_escapes(found.now)}"))
        return
    before, now = (strip_escapes(text).splitlines() for text in (found.recorded, found.now))
    for line in islice(unified_diff(before, now, "recorded", "now", n=1, lineterm=""), _LONGEST):
        console.print(Text(f"  {line}", style={"+": KEPT, "-": REJECTED}.get(line[:1], QUIET)))


def show_families(console: Console, elders: Iterable[Relative]) -> None:
    """Print each item with its forks below it, and how they ended."""
    for elder in elders:
        tree = Tree(_named(elder), guide_style=QUIET)
        _grow(tree, elder.forks)
        console.print(tree)


def _grow(tree: Tree, forks: Iterable[Relative]) -> None:
    for fork in forks:
        _grow(tree.add(_named(fork)), fork.forks)


def _named(relative: Relative) -> Text:
    text = Text.assemble((relative.name, "bold"), " ")
    text.append_text(status_text(relative.status, relative.repaired))
    if relative.reason:
        text.append(f": {strip_escapes(relative.reason)}")
    if relative.step is not None:
        change = ", ".join(f"{name}={_short(str(value))}" for name, value in relative.change.items())
        text.append(f"  from step {relative.step}: {strip_escapes(change)}", style=QUIET)
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def show_comparison(console: Console, names: tuple[str, str], stories: tuple[Story, Story]) -> None:
    """Print two items side by side, step by step, and what differs between their last queries."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", expand=True)
    table.add_column("", justify="right", style=QUIET, no_wrap=True)
    for name in names:
        table.add_column(f"item {name}", ratio=1, overflow="fold")
    for number, pair in enumerate(zip_longest(stories[0].steps, stories[1].steps), 1):
        table.add_row(f"{'' if _alike(*pair) else '≠ '}{number}", *(_step(step) for step in pair))
    for label, cells in _ends(stories).items():
        table.add_row(label, *cells)
    console.print(table)
    queries = [str(story.summary["sql"] or "") for story in stories]
    if queries[0] != queries[1] and all(queries):
        console.print(Text("\nfrom the first query to the second", style=QUIET))
        console.print(sql_difference(queries[0], queries[1], stories[0].dialect))


def _alike(first: Step | None, second: Step | None) -> bool:
    if first is None or second is None:
        return False
    return all(getattr(first, part) == getattr(second, part) for part in ("node", "delta", "sql", "outcome", "error"))


def _step(step: Step | None) -> RenderableType:
    if step is None:
        return Text("")
    text = Text(step.node, style=ACTIVE)
    if step.outcome:
        text.append(f" {step.outcome}", style=KEPT if step.outcome == "runs" else REPAIRED)
    if step.error_class:
        text.append(f" {step.error_class}", style=REJECTED)
    return text


def _ends(stories: tuple[Story, Story]) -> dict[str, list[Text]]:
    summaries = [story.summary for story in stories]
    costs = ["unknown" if s["cost"] is None else f"${s['cost']:.4f}" for s in summaries]
    return {
        "end": [status_text(s["status"], bool(s["repaired"])) for s in summaries],
        "why": [Text(strip_escapes(s["reason"] or "")) for s in summaries],
        "model": [Text(s["model"] or "") for s in summaries],
        "tokens": [Text(f"{s['tokens']}, {cost}") for s, cost in zip(summaries, costs, strict=True)],
        "time": [Text(f"{s['seconds'] * 1000:.0f} ms") for s in summaries],
        "asks": [Text(strip_escapes(s["question"] or "")) for s in summaries],
    }


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:39]}…"
