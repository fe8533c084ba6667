"""What a step consists of: named parts, each in brief and in full, put into words only when they are shown."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import QUIET, REJECTED, sql_syntax
from .page import Page, untabbed
from .query import Story
from .rows_view import column_names, rows_in_full, rows_table
from .sql_layout import lay_out
from .trace import Step

_HIGHLIGHTED = 20_000  # characters; to highlight more SQL than that is slow
_BRIEF = {"sql": 12, "error": 6, "tool replies": 3, "prompt": 3}  # lines
_BRIEF_OTHERWISE = 5

Width = int  # cells


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a step: its name, and its text in brief and in full, for a width."""

    name: str
    brief: Callable[[Width], Text]
    full: Callable[[Width], Text]


def parts_of(story: Story, number: int) -> list[Part]:
    """Return the parts of step ``number``, what came of it before what led to it."""
    step = story.steps[number]
    return [
        *([_sql(sql, story.dialect)] if (sql := story.sql_at(number)) else []),
        *([_error(step)] if step.error else []),
        *([_rows(story, number)] if step.rows else []),
        *(_told(name, text, _plain) for name, text in _texts(step) if text),
        *([_snippets(step.snippets)] if step.snippets else []),
        *([_told("prompt", step.prompt, _plain)] if step.prompt else []),
    ]


def _texts(step: Step) -> Iterator[tuple[str, str]]:
    replies = step.delta.get("replies", [])
    changed = {name: value for name, value in step.delta.items() if name not in ("sql", "replies")}
    yield "changed", "\n".join(f"{name} = {_value(value)}" for name, value in changed.items())
    yield "tool calls", "\n".join(f"{call.get('name')}({_arguments(call)})" for call in step.tool_calls)
    yield "tool replies", "\n".join(f"{each['name']} → {each['reply']}" for each in replies)
    yield "reply", step.reply or ""


def _told(name: str, text: str, styled: Callable[[str], Text]) -> Part:
    """Return a part that is one text; ``styled`` makes it, or the beginning of it, safe to show."""
    return Part(name, partial(_first_lines, name, text, styled), lambda _: styled(text))


def _first_lines(name: str, text: str, styled: Callable[[str], Text], width: Width) -> Text:
    """Return the first lines of ``text``, of which no more is looked at than they can take."""
    limit = _BRIEF.get(name, _BRIEF_OTHERWISE)
    head = text[: 2 * limit * width]
    page = Page(styled(head), width)
    if len(head) == len(text) and len(page) <= limit + 1:
        return Text("\n").join(page.lines(0, len(page)))
    lines = page.lines(0, limit)
    left = len(text) - sum(len(line) + 1 for line in lines)
    return Text("\n").join([*lines, Text(f"… {left:,} more characters", style=QUIET)])


def _plain(text: str, style: str = "") -> Text:
    return Text(untabbed(strip_escapes(text)), style=style)


def _sql(sql: str, dialect: str) -> Part:
    def styled(text: str) -> Text:
        clean = untabbed(strip_escapes(text))
        return sql_syntax(clean).highlight(clean)[: len(clean)] if len(clean) <= _HIGHLIGHTED else Text(clean)

    return _told("sql", lay_out(sql, dialect), styled)


def _error(step: Step) -> Part:
    said = f"{step.error_class}: {step.error}" if step.error_class else step.error or ""
    return _told("error", said, partial(_plain, style=REJECTED))


def _rows(story: Story, number: int) -> Part:
    rows = [row if isinstance(row, list) else [row] for row in story.steps[number].rows or []]
    names = column_names(story.sql_at(number), max(map(len, rows)), story.dialect)

    return Part(
        "first rows",
        lambda width: _cut(list(rows_table(rows, names).split()), width),
        lambda width: rows_in_full(rows, names, width),
    )


def _snippets(snippets: list[dict[str, Any]]) -> Part:
    heads = [
        _snippet_head(snippet, max(cell_len(str(each.get("source"))) for each in snippets)) for snippet in snippets
    ]

    def full(_: Width) -> Text:
        texts = [_plain(f"\n{snippet.get('text', '')}\n") for snippet in snippets]
        return Text("\n").join(head + text for head, text in zip(heads, texts, strict=True))

    return Part("snippets", lambda width: _cut(heads, width), full)


def _snippet_head(snippet: dict[str, Any], source_width: int) -> Text:
    """Return the score of a snippet, its file and its title."""
    score, title, source = (snippet.get(name) for name in ("score", "title", "source"))
    told = f"{score:.3f}" if isinstance(score, float | int) else "?"
    file = set_cell_size(strip_escapes(str(source)), source_width)
    return Text.assemble((f"{told}  {file}  ", QUIET), _plain(str(title)))


def _cut(lines: list[Text], width: Width) -> Text:
    """Return lines of which each ends where the terminal does."""
    cut = [line.copy() for line in lines]
    for line in cut:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(cut)


def _arguments(call: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in call.get("args", {}).items())


def _value(value: Any) -> str:
    if isinstance(value, list) and len(value) > 1 and all(isinstance(each, str) for each in value):
        return "".join(f"\n  · {each}" for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
