"""The story of an item as Markdown: what was asked and answered, what ran, and what changed between attempts."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .amounts import cost_of, duration
from .query import Story
from .rows_view import column_names
from .sql_diff import text_diff
from .sql_layout import lay_out
from .trace import Step

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")
_TICKS = re.compile(r"`{3,}")


def markdown(name: str, story: Story) -> str:
    """Return the story of an item as a page; no text in it can be taken for Markdown or HTML."""
    summary = story.summary
    status = "repaired" if summary["status"] == "kept" and summary["repaired"] else summary["status"]
    reason = f": {summary['reason']}" if summary["reason"] else ""
    return (
        "\n\n".join(
            [
                f"# Item {name}, {plain(status + reason)}",
                *([f"> {plain(summary['question'])}"] if summary["question"] else []),
                *([_sql(summary["sql"], story.dialect)] if summary["sql"] else []),
                _facts(story),
                *(part for number in range(len(story.steps)) for part in _step(story, number)),
            ]
        )
        + "\n"
    )


def plain(text: Any) -> str:
    """Return ``text`` on one line, with a backslash before what Markdown or HTML would take for its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def fenced(text: str, language: str) -> str:
    """Return ``text`` as a block of code, in a fence that is longer than any inside."""
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def table(names: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table; NULL is empty."""
    head = [plain(name) for name in names]
    lines = [head, ["---"] * len(head), *([("" if cell is None else plain(cell)) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _facts(story: Story) -> str:
    summary = story.summary
    facts = {
        "dialect": story.dialect,
        "attempts": summary["attempts"],
        "steps": summary["steps"],
        "time": duration(summary["seconds"]),
        "model": summary["model"],
        "tokens": summary["tokens"] or None,
        "cost": cost_of(summary["tokens"], summary["cost"]) or None,
    }
    told = {name: value for name, value in facts.items() if value is not None}
    return table(told, [told.values()])


def _step(story: Story, number: int) -> Iterator[str]:
    """Yield the parts of a step: its title, what came of it, what led to it."""
    step = story.steps[number]
    cost = cost_of(step.tokens_in + step.tokens_out, step.cost)
    tokens = f"{step.tokens_in:,} tokens in, {step.tokens_out:,} out" if step.tokens_in or step.tokens_out else ""
    title = filter(None, (step.node, step.outcome, duration(step.seconds), step.model, tokens, cost))
    yield f"## {number + 1}. {' · '.join(map(plain, title))}"
    yield from _query(story, number)
    if step.error:
        yield fenced(f"{step.error_class}: {step.error}" if step.error_class else step.error, "text")
    if step.rows:
        rows = [row if isinstance(row, list) else [row] for row in step.rows]
        yield table(column_names(story.sql_at(number), len(rows[0]), story.dialect), rows)
    yield from _told(step)


def _query(story: Story, number: int) -> Iterator[str]:
    """Yield a query where it is said first, as what changed in it if there was one before."""
    versions = story.versions_until(number)
    before = story.versions_until(number - 1) if number else []
    if len(versions) == len(before):
        return
    if before:
        lines = text_diff(before[-1], versions[-1], story.dialect)
        yield fenced("\n".join(f"{sign} {line}" for sign, line in lines), "diff")
    else:
        yield _sql(versions[-1], story.dialect)


def _told(step: Step) -> Iterator[str]:
    """Yield what the step changed, retrieved, replied and was asked."""
    changed = {name: value for name, value in step.delta.items() if name != "sql"}
    if changed:
        yield fenced("\n".join(f"{name} = {_text(value)}" for name, value in changed.items()), "text")
    if step.snippets:
        columns = ("score", "title", "source")
        yield table(columns, ([snippet.get(name) for name in columns] for snippet in step.snippets))
    for name, text in (("Reply", step.reply), ("Prompt", step.prompt)):
        if text:
            yield f"<details><summary>{name}</summary>"
            yield fenced(text, "text")
            yield "</details>"


def _sql(sql: str, dialect: str) -> str:
    return fenced(lay_out(sql, dialect), "sql")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
