"""From a tutorial in Markdown to snippets: one per section, long ones split where a reader would."""

import hashlib
import re
from collections.abc import Iterator
from textwrap import wrap

from .fences import fenced_lines
from .keywords import derived_keywords
from .snippet import Snippet
from .statements import queries_of

_LONGEST = 1200  # characters of a snippet before it is split
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_FENCED = re.compile(
    r"^[ \t]*(?P<marks>`{3,}|~{3,})(?P<language>[^\n`]*)\n(?P<code>.*?)^[ \t]*(?P=marks)[`~]*[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_LISTED = re.compile(r"^Keywords:[ \t]*(.*)$", re.MULTILINE)


def snippets_of(text: str, dialect: str, source: str) -> list[Snippet]:
    """Return the snippets of a tutorial: every section that says something, under its heading."""
    found = []
    for title, body in sections(text):
        listed = _LISTED.findall(body)
        keywords = _named(listed[-1]) if listed else None
        for part in split(body):
            found.append(_snippet(title, part, dialect, source, keywords))
    return found


def _named(listed: str) -> tuple[str, ...]:
    return tuple(word for name in listed.split(",") if (word := name.strip().upper()))


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield heading and body of each section; headings inside fences are code, the title alone is no section."""
    title, lines = "", list[str]()
    for line, language in fenced_lines(text):
        heading = _HEADING.match(line) if language is None else None
        if heading is None:
            lines.append(line)
            continue
        if "\n".join(lines).strip():
            yield title, "\n".join(lines).strip()
        title, lines = heading[2], []
    if "\n".join(lines).strip():
        yield title, "\n".join(lines).strip()


def split(body: str) -> list[str]:
    """Split a long section into parts of about 1,200 characters at blank lines, never inside a fence.

    A paragraph or table longer than that is split between lines, a line between words. The line that lists the
    keywords stays with the part before it.
    """
    parts: list[str] = []
    for block in (piece for whole in _blocks(body) for piece in _pieces(whole)):
        if parts and (len(parts[-1]) + len(block) < _LONGEST or _LISTED.fullmatch(block)):
            parts[-1] = f"{parts[-1]}\n\n{block}"
        else:
            parts.append(block)
    return parts


def _blocks(body: str) -> Iterator[str]:
    """Yield paragraphs; a fence with blank lines inside stays one block."""
    held: list[str] = []
    for line, language in fenced_lines(body):
        if line.strip() or language is not None:
            held.append(line)
        elif held:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _pieces(block: str) -> Iterator[str]:
    lines = [line for line, language in fenced_lines(block) if language is None]
    if len(block) <= _LONGEST or len(lines) < len(block.splitlines()):
        yield block
        return
    held = ""
    for line in (short for long in lines for short in wrap(long, _LONGEST, break_on_hyphens=False)):
        if held and len(held) + len(line) >= _LONGEST:
            yield held
            held = ""
        held = f"{held}\n{line}" if held else line
    yield held


def examples_of(text: str) -> Iterator[str]:
    """Yield the queries among the fenced blocks of SQL, or of no stated language."""
    for block in _FENCED.finditer(text):
        language = block["language"].strip().lower()
        if not language or "sql" in language:
            yield from queries_of(block["code"])


def _snippet(title: str, text: str, dialect: str, source: str, listed: tuple[str, ...] | None) -> Snippet:
    keywords = derived_keywords(text, dialect) if listed is None else listed
    digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
    return Snippet(f"{source}#{slug}-{digest}", dialect, title, text, source, keywords, tuple(examples_of(text)))
