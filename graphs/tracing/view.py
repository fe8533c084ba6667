"""How a trace looks in a terminal: lists of items, steps, and the difference between attempts."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import ACTIVE, KEPT, QUIET, REJECTED, REPAIRED, sql_syntax, status_text
from .query import Story
from .sql_diff import text_diff, tree_diff
from .sql_layout import lay_out
from .trace import Step

_DIFF_STYLES = {"+": KEPT, "-": REJECTED, " ": ""}


def show_items(console: Console, items: list[dict[str, Any]]) -> None:
    """Print a table of items, rows of ``item_summary``."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, expand=True)
    for name in ("item", "attempts", "steps", "ms"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("reason, or the question kept", no_wrap=True, overflow="ellipsis", ratio=1)
    for item in items:
        numbers = (item["item"], item["attempts"], item["steps"], round(item["seconds"] * 1000))
        about = strip_escapes(item["reason"] or item["question"] or "")
        table.add_row(*map(str, numbers), status_text(item["status"], bool(item["repaired"])), Text(about))
    console.print(table)


def show_story(console: Console, story: Story) -> None:
    """Print an item from its first step to its last, with what changed between attempts."""
    console.print(story_head(story))
    for number in range(len(story.steps)):
        console.print(step_view(story, number))
        if story.steps[number].node == "repair" and story.sql_at(number):
            console.print(_section("difference", diff_view(story, number)))


def story_head(story: Story) -> Text:
    """Return an item in one line: number, status, reason, attempts, time."""
    summary = story.summary
    head = Text.assemble((f"item {summary['item']} ", "bold"))
    head.append_text(status_text(summary["status"], bool(summary["repaired"])))
    reason = f": {strip_escapes(summary['reason'])}" if summary["reason"] else ""
    attempts = f"{summary['attempts']} attempt{'s' * (summary['attempts'] != 1)}"
    head.append(f"{reason} · {attempts} · {summary['seconds'] * 1000:.0f} ms")
    return head


def step_view(story: Story, number: int) -> RenderableType:
    """Return step ``number`` in full: its title and every part that it has."""
    step = story.steps[number]
    title = Text.assemble((f"{number + 1}/{len(story.steps)} ", QUIET), (step.node, ACTIVE))
    title.append(f" · {step.seconds * 1000:.1f} ms", style=QUIET)
    if step.outcome:
        title.append(f" · {step.outcome}", style=KEPT if step.outcome == "runs" else REPAIRED)
    return Group(Rule(title, align="left", style=QUIET), *(_section(name, part) for name, part in _parts(story, step)))


def diff_view(story: Story, number: int) -> RenderableType:
    """Return what changed from the last query before the one current at step ``number``."""
    versions = story.versions_until(number)
    if len(versions) < 2:
        return Text("There is no earlier query to compare with here.", style=QUIET)
    old, new = versions[-2:]
    lines = [Text(f"{sign} {line}", style=_DIFF_STYLES[sign]) for sign, line in text_diff(old, new, story.dialect)]
    words = [Text(f"• {line}", style=_word_style(line)) for line in tree_diff(old, new, story.dialect)]
    return Group(*lines, *([Text("\nin the syntax tree", style=QUIET), *words] if words else []))


def _word_style(line: str) -> str:
    return {"removed": REJECTED, "added": KEPT}.get(line.split(" ", 1)[0], REPAIRED)


def _parts(story: Story, step: Step) -> Iterator[tuple[str, RenderableType]]:
    """Yield what the step has, what came of it before what led to it."""
    if sql := step.sql or step.delta.get("sql"):
        yield "sql", sql_syntax(lay_out(strip_escapes(sql), story.dialect))
    if step.error:
        yield "error", Text(strip_escapes(f"{step.error_class}: {step.error}"), style=REJECTED)
    if step.rows is not None:
        yield "first rows", _lines(", ".join(map(_value, row)) for row in step.rows)
    if changed := {k: v for k, v in step.delta.items() if k != "sql"}:
        yield "changed", _lines(f"{k} = {_value(v)}" for k, v in changed.items())
    if step.tool_calls:
        yield "tool calls", _lines(f"{c.get('name')}({_arguments(c)})" for c in step.tool_calls)
    if step.reply:
        yield "reply", _lines([step.reply])
    if step.snippets:
        yield "snippets", _lines(f"{s['score']:.3f}  {s['title']}  ({s['source']})" for s in step.snippets)
    if step.tokens_in or step.tokens_out:
        cost = "cost unknown" if step.cost is None else f"${step.cost:.4f}"
        yield "usage", _lines([f"{step.tokens_in} tokens in, {step.tokens_out} out, {cost}"])
    if step.prompt:
        yield "prompt", _lines([step.prompt])


def _section(name: str, part: RenderableType) -> RenderableType:
    return Group(Text(name, style=QUIET), Padding(part, (0, 0, 0, 2)))


def _arguments(call: dict[str, Any]) -> str:
    return ", ".join(f"{k}={_value(v)}" for k, v in call.get("args", {}).items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _lines(texts: Iterable[str]) -> Text:
    return Text("\n").join(Text(strip_escapes(text)) for text in texts)
