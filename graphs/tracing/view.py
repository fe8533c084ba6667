"""How an item of a trace looks: its head, the titles of its steps, and all of it printed at once."""

from rich.console import Console
from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import ACTIVE, KEPT, QUIET, REJECTED, status_text
from .amounts import cost_of, duration
from .difference import sql_difference
from .page import Page
from .parts import parts_of
from .query import Story
from .trace import Step

__all__ = ["DIFFERENCE_INDENT", "difference_at", "is_error", "show_story", "sql_difference", "step_title", "story_head"]

DIFFERENCE_INDENT = 4  # of what is broken off a line, after its sign
_INDENT = 2


def show_story(console: Console, story: Story) -> None:
    """Print an item from its first step to its last, with what changed between attempts."""
    width = console.width
    console.print(story_head(story), soft_wrap=True)
    for number, step in enumerate(story.steps):
        console.print(Text("\n").append_text(step_title(story, number, width)), soft_wrap=True)
        for part in parts_of(story, number):
            _print_part(console, part.name, part.full(width - _INDENT))
        if step.node == "repair" and story.sql_at(number):
            _print_part(console, "difference", difference_at(story, number), DIFFERENCE_INDENT)


def _print_part(console: Console, name: str, text: Text, hanging: int = 0) -> None:
    console.print(Text(name, style=QUIET))
    page = Page(text, console.width - _INDENT, hanging)
    for line in page.lines(0, len(page)):
        line.rstrip()
        console.print(Text(" " * _INDENT).append_text(line) if line else "", soft_wrap=True)


def story_head(story: Story) -> Text:
    """Return an item in one line: number, status, reason, attempts, time, tokens and cost."""
    told = story.summary
    head = Text.assemble((f"item {told['item']} ", "bold"), status_text(told["status"], bool(told["repaired"])))
    if told["reason"]:
        head.append(f": {strip_escapes(told['reason'])}")
    amounts = [
        f"{told['attempts']} attempt{'s' * (told['attempts'] != 1)}",
        duration(told["seconds"]),
        *_usage(told["tokens_in"], told["tokens_out"], told["cost"]),
    ]
    return head.append("".join(f" · {amount}" for amount in amounts), QUIET)


def step_title(story: Story, number: int, width: int) -> Text:
    """Return a line of ``width`` cells: which step it is, its outcome, model, time, tokens and cost."""
    step = story.steps[number]
    title = Text.assemble((f"{number + 1}/{len(story.steps)} ", QUIET), (strip_escapes(step.node), f"bold {ACTIVE}"))
    if step.outcome:
        title.append(" · ", QUIET).append(step.outcome, REJECTED if is_error(step) else KEPT)
    usage = _usage(step.tokens_in, step.tokens_out, step.cost)
    told = [strip_escapes(step.model or ""), duration(step.seconds), *usage]
    title.append("".join(f" · {each}" for each in told if each), QUIET)
    title.truncate(width, overflow="ellipsis")
    return title.append(" " + "─" * (width - title.cell_len - 1), QUIET) if title.cell_len < width else title


def is_error(step: Step) -> bool:
    """Say whether a query failed in this step: it did not run, or not as it must."""
    return bool(step.error) or step.outcome not in (None, "runs", "match")


def difference_at(story: Story, number: int) -> Text:
    """Return what changed from the query before to the one current at step ``number``."""
    versions = story.versions_until(number)
    if len(versions) < 2:
        return Text("There is no earlier query to compare with here.", style=QUIET)
    old, new = versions[-2:]
    return sql_difference(old, new, story.dialect)


def _usage(tokens_in: int, tokens_out: int, cost: float | None) -> list[str]:
    if not tokens_in + tokens_out:
        return []
    return [f"{tokens_in:,} + {tokens_out:,} tokens", *filter(None, [cost_of(tokens_in + tokens_out, cost)])]
