"""Items of a run for other programs and people: what is exported, how it is written, and where."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TextIO

from ...tools.errors import UsageError
from ..cleaning import Cleaner
from ..run_catalog import run_dialect
from .export_markdown import markdown
from .export_otel import RunSpans
from .query import Story, read_story
from .trace import Step, Trace

Format = Literal["markdown", "jsonl", "otel"]
_READ = tuple(field.name for field in fields(Step) if field.name != "calls")  # what serves replaying alone is not


@dataclass(frozen=True, slots=True)
class Exported:
    """An item by its name, ``17`` or ``f3`` for a fork, and its story, without secrets and terminal escapes."""

    name: str
    story: Story


def export(run: Path, items: list[str], status: str | None, form: Format, out: Path | None) -> int:
    """Write the named items of a run, or all of ``status``, in a format; return how many there were.

    JSON Lines go to standard output or the file ``out``; Markdown does for one item, and for more of them to a file
    each in the folder ``out``. Raises ``UsageError`` for an item or a run that is not there, or a file that is.
    """
    found = _stories(run, items, status)
    if form == "markdown" and (len(items) != 1 or (out is not None and out.is_dir())):
        return _to_folder(found, out)
    written = _writer(form, run)
    count = 0
    with _opened(out) as file:
        for each in found:
            file.write(written(each))
            count += 1
    return count


def _stories(run: Path, items: list[str], status: str | None) -> Iterator[Exported]:
    """Yield the named items of a run, or all in order, one at a time."""
    clean = Cleaner()
    for item in items:
        yield Exported(item, _cleaned(read_story(run, item), clean))
    if items:
        return
    dialect = run_dialect(run)
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        rows = trace.query("SELECT * FROM item_summary WHERE ?1 IS NULL OR status = ?1 ORDER BY item", (status,))
        for row in rows:
            yield Exported(str(row["item"]), _cleaned(Story(dialect, row, trace.steps(row["item"])), clean))


def _cleaned(story: Story, clean: Cleaner) -> Story:
    """Return the story as it was to be written: a file may come from elsewhere."""
    steps = [Step(**clean.value(_told(step))) for step in story.steps]
    return Story(story.dialect, clean.value(story.summary), steps)


def _writer(form: Format, run: Path) -> Callable[[Exported], str]:
    if form == "markdown":
        return lambda each: markdown(each.name, each.story)
    if form == "jsonl":
        return lambda each: _line(_record(each))
    spans = RunSpans(run)
    return lambda each: _line(spans.request(each.name, each.story))


def _record(each: Exported) -> dict[str, Any]:
    summary = {**each.story.summary, "item": each.name, "dialect": each.story.dialect}
    return {**summary, "steps": [_told(step) for step in each.story.steps]}


def _told(step: Step) -> dict[str, Any]:
    """Return the fields of a step; `asdict` would copy all that is in them, which takes longer than all else."""
    return {name: getattr(step, name) for name in _READ}


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _to_folder(found: Iterator[Exported], out: Path | None) -> int:
    """Write a Markdown file for each item."""
    if out is None:
        raise UsageError("Markdown is written a file for each item: name one item, or a folder with --out.")
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for each in found:
        with _opened(out / f"item-{each.name}.md") as file:
            file.write(markdown(each.name, each.story))
        count += 1
    return count


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """Yield the new file ``out``, or standard output, whose reader may leave before the end."""
    if out is None:
        with _reader_may_leave():
            yield sys.stdout
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            yield file
    except FileExistsError as error:
        raise UsageError(f"{out} is there already: choose another --out.") from error
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from error


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Let whoever reads standard output close it before the end, as ``head`` does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer goes nowhere
