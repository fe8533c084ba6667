"""From a tutorial in Markdown to snippets: one per section, long ones split where a reader would."""

import hashlib
import re
from collections.abc import Iterator

from .keywords import derived_keywords
from .snippet import Snippet

_LONGEST = 1200  # characters of a snippet before it is split
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_EXAMPLE = re.compile(r"^```(?:sql|)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LISTED = re.compile(r"^Keywords:\s*(.+)$", re.MULTILINE)
_QUERY = re.compile(r"^\s*(?:--[^\n]*\n\s*)*(SELECT|WITH|VALUES|FROM|TABLE|PIVOT|UNPIVOT)\b", re.IGNORECASE)


def snippets_of(text: str, dialect: str, source: str) -> list[Snippet]:
    """Return the snippets of a tutorial: every section that says something, under its heading."""
    found = []
    for title, body in sections(text):
        for part in split(body):
            found.append(_snippet(title, part, dialect, source))
    return found


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield heading and body of each section; headings inside fences are code, the title alone is no section."""
    title, lines, fenced = "", list[str](), False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        if "\n".join(lines).strip():
            yield title, "\n".join(lines).strip()
        title, lines = heading[2], []
    if "\n".join(lines).strip():
        yield title, "\n".join(lines).strip()


def split(body: str) -> list[str]:
    """Split a long section into parts of about 1,200 characters at blank lines, never inside a fence."""
    parts: list[str] = []
    for block in _blocks(body):
        if parts and len(parts[-1]) + len(block) < _LONGEST:
            parts[-1] = f"{parts[-1]}\n\n{block}"
        else:
            parts.append(block)
    return parts


def _blocks(body: str) -> Iterator[str]:
    """Yield paragraphs; a fence with blank lines inside stays one block."""
    held: list[str] = []
    fenced = False
    for line in body.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if line.strip() or fenced:
            held.append(line)
        elif held:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _snippet(title: str, text: str, dialect: str, source: str) -> Snippet:
    examples = tuple(e.strip().rstrip(";") for e in _EXAMPLE.findall(text) if _QUERY.match(e))
    listed = _LISTED.findall(text)
    keywords = tuple(k.strip().upper() for k in listed[-1].split(",")) if listed else derived_keywords(text, dialect)
    digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]
    return Snippet(f"{source}#{slug}-{digest}", dialect, title, text, source, keywords, examples)
