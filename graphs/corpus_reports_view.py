"""How reports on corpora look in a terminal: what runs, what is covered, what differs, what taught a pair."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..knowledge.difference import Difference, Side
from ..tools.outcome import ErrorClass
from .cleaning import strip_escapes
from .corpora import CoverageReport
from .corpus_checks import TUTORIAL_DATABASE, Verification
from .corpus_why import Origin, Retrieved
from .run_view import percent
from .theme import ACTIVE, KEPT, QUIET, REJECTED, REPAIRED, sql_syntax, status_text

_TITLES = 3  # of each page
_LAST = "the first"  # a column that takes what is left of the line


def show_verification(console: Console, found: Verification, limit: int) -> None:
    """Print the first ``limit`` examples that the engine refuses, then what went wrong by class, then the count."""
    for failure in found.failures[:limit]:
        console.print(Text.assemble(("✗ ", REJECTED), strip_escapes(failure.title)))
        console.print(sql_syntax(strip_escapes(failure.sql)))
        console.print(Text(strip_escapes(f"{failure.what}: {failure.error}"), style=REJECTED), end="\n\n")
    if found.classes:
        table = _table("what went wrong", "examples", "share", _LAST)
        for what, count in found.classes.items():
            first = next(failure.error for failure in found.failures if failure.what == what)
            share = percent(count, found.examples, 1)
            table.add_row(Text(what, style=REPAIRED), str(count), share, Text(strip_escapes(_line(first)), style=QUIET))
        console.print(table)
    console.print(f"{found.ran} of {found.examples} examples run in {found.engine}.")
    if elsewhere := found.classes.get(ErrorClass.UNKNOWN_TABLE, 0):
        console.print(f"{elsewhere} name a table that the database '{TUTORIAL_DATABASE}' has not.", style=QUIET)
    if len(found.failures) > limit:
        console.print(f"{len(found.failures) - limit} more that do not: --limit {len(found.failures)}", style=QUIET)


def show_coverage(console: Console, report: CoverageReport, limit: int) -> None:
    """Print how much of each kind of names is taught, and the ``limit`` most useful that are missing."""
    console.print(Text.assemble((f"{report.dialect} · {report.corpus}", "bold"), (f"  against {report.source}", QUIET)))
    table = _table("", "listed", "taught", "", "only mentioned", "missing")
    for kind in report.kinds:
        share, counts = percent(kind.taught, kind.listed), (kind.mentioned, len(kind.missing))
        table.add_row(kind.kind, str(kind.listed), Text(str(kind.taught), style=KEPT), share, *map(str, counts))
    console.print(table)
    for kind in report.kinds:
        if kind.missing:
            _words(console, f"missing {kind.kind}, the most useful first", kind.missing, limit)
    for kind in report.kinds[:1]:
        if kind.only_mentioned:
            _words(console, f"{kind.kind} without an example", kind.only_mentioned, limit)


def show_difference(console: Console, found: Difference, limit: int) -> None:
    """Print what each corpus has that the other lacks."""
    table = _table("corpus", "snippets", "topics", "only here", "keywords", "only here")
    for side in (found.first, found.second):
        counts = (side.snippets, side.topics, len(side.only_topics), side.keywords, len(side.only_keywords))
        table.add_row(Text(_name(side), style=ACTIVE), *map(str, counts))
    console.print(table)
    console.print(f"{found.shared_keywords} keywords are in both", style=QUIET)
    for side in (found.first, found.second):
        if side.only_keywords:
            _words(console, f"keywords only in {_name(side)}", side.only_keywords, limit)
        if side.only_topics:
            _topics(console, side, limit)


def show_origin(console: Console, found: Origin) -> None:
    """Print the pair, what was retrieved for it, and the snippet that taught it."""
    console.print(Text.assemble((f"item {found.item} ", "bold"), status_text(found.status, False)))
    if found.question:
        console.print(strip_escapes(found.question))
    if found.sql:
        console.print(sql_syntax(strip_escapes(found.sql)))
    for step, snippets in groupby(found.snippets, key=lambda snippet: snippet.step):
        wanted = (
            f"for {found.focus}" if step == "retrieve" and found.focus else "for the error" if step == "repair" else ""
        )
        console.print(Text(f"\nretrieved {wanted} from {found.corpus}".replace("  ", " "), style=QUIET))
        console.print(_retrieved(snippets))
    teacher = found.teacher
    if teacher is None:
        console.print("\nNo snippet taught it: the template stayed as its seed query has it.", style=REPAIRED)
        return
    used = f" taught {', '.join(found.keywords)}" if found.keywords else " taught it"
    console.print(Text.assemble("\n", (strip_escapes(teacher.title), "bold"), used))
    console.print(Text(strip_escapes(teacher.file), style=QUIET), soft_wrap=True)
    console.print(Padding(Text(strip_escapes(teacher.text)), (0, 0, 0, 2)))


def _retrieved(snippets: Iterable[Retrieved]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    for snippet in snippets:
        mark, style = ("→", KEPT) if snippet.taught else ("", "")
        title = Text(strip_escapes(snippet.title), style=style)
        table.add_row(Text(mark, style=KEPT), f"{snippet.score:.3f}", title, Text(snippet.id.partition("#")[0], QUIET))
    return table


def _topics(console: Console, side: Side, limit: int) -> None:
    """Print the pages with most topics that the other corpus lacks, each with its first titles."""
    pages = [
        (page, [title for _, title in group]) for page, group in groupby(side.only_topics, key=lambda pair: pair[0])
    ]
    console.print(Text(f"\ntopics only in {_name(side)}", style=QUIET))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for page, titles in sorted(pages, key=lambda each: -len(each[1]))[:limit]:
        shown = " · ".join(titles[:_TITLES]) + (" · …" if len(titles) > _TITLES else "")
        table.add_row(Text(strip_escapes(page), style=ACTIVE), str(len(titles)), strip_escapes(shown))
    console.print(table)
    if len(pages) > limit:
        console.print(f"and {len(pages) - limit} more pages: --limit {len(pages)}", style=QUIET)


def _words(console: Console, what: str, words: Sequence[str], limit: int) -> None:
    console.print(Text(f"\n{what}", style=QUIET))
    more = f" … {len(words) - limit} more" if len(words) > limit else ""
    console.print(Text.assemble(strip_escapes("  ".join(words[:limit])), (more, QUIET)))


def _name(side: Side) -> str:
    return strip_escapes(f"{side.dialect}/{side.corpus}" if "/" not in side.corpus else side.corpus)


def _line(text: str) -> str:
    return text.splitlines()[0][:80] if text else ""


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, expand=_LAST in columns)
    for place, name in enumerate(columns):
        if name == _LAST:
            table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=1)
        else:
            table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table
