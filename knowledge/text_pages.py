"""Pages that are neither HTML nor Markdown, as Markdown: reStructuredText, plain text, SQL scripts."""

import re
from textwrap import dedent

from .fences import fenced_lines
from .statements import pieces, queries_of

_TITLED = re.compile(
    r"^(?:(?P<over>[=\-~^\"'#*+]{3,})\n)?(?P<title>[^\s][^\n]*)\n(?P<line>[=\-~^\"'#*+])(?P=line){2,}[ \t]*$",
    re.MULTILINE,
)
_INDENTED = r"((?:[ \t]+[^\n]*(?:\n|$)|\n)+)"
_CODE = re.compile(
    rf"^\.\. (?:code-block|code|sourcecode|highlight)::[ \t]*(\w*)\n(?:[ \t]+:[^\n]*\n)*\n?{_INDENTED}", re.M
)
_LITERAL = re.compile(rf"::\n\n{_INDENTED}")
_NOTE = re.compile(r"^\.\. (note|warning|tip|important|caution|seealso|versionadded|versionchanged)::[ \t]*", re.M)
_DIRECTIVE = re.compile(rf"^\.\. [^\n]*\n{_INDENTED}?", re.M)
_ROLE = re.compile(r":[\w:+-]+:`([^`<]*?)(?:\s*<[^>`]*>)?`|`([^`<]+?)\s*<[^>`]+>`__?")
_CODE_WORD = re.compile(r"``([^`\n]+)``")
_COMMENT = re.compile(r"^(?:--|REM\b|PROMPT\b|#)[ \t]?", re.IGNORECASE)


def rst_to_markdown(page: str) -> str:
    """Return reStructuredText as Markdown as far as snippets need it: headings, code, text without markup."""
    levels: list[str] = []
    text = _TITLED.sub(lambda m: _heading(m, levels), page)
    text = _CODE.sub(lambda m: f"\n```{m[1] or 'sql'}\n{_dedented(m[2])}\n```\n\n", text)
    text = _LITERAL.sub(lambda m: f":\n\n```sql\n{_dedented(m[1])}\n```\n\n", text)
    text = _NOTE.sub(lambda m: f"{m[1].capitalize()}: ", text)
    text = _ROLE.sub(lambda m: f"`{m[1]}`" if m[1] else m[2], _DIRECTIVE.sub("", text))
    return _CODE_WORD.sub(r"`\1`", text)


def _heading(found: re.Match[str], levels: list[str]) -> str:
    """Return a title as a heading; the order in which underlines first come tells its level."""
    style = f"{found['over'] and 'over'}{found['line']}"
    if style not in levels:
        levels.append(style)
    return f"{'#' * min(6, levels.index(style) + 1)} {found['title'].strip()}"


def text_to_markdown(page: str) -> str:
    """Return plain text with its queries, paragraphs that end in a semicolon, in fences."""
    blocks: list[list[str]] = [[]]
    for line, language in fenced_lines(page):
        if line.strip() or language is not None:
            blocks[-1].append(line)
        else:
            blocks.append([])
    return "\n\n".join(_fenced("\n".join(block)) for block in blocks if block)


def _fenced(block: str) -> str:
    is_query = block.rstrip().endswith(";") and next(queries_of(block), None) is not None
    return f"```{'sql' if is_query else 'text'}\n{block}\n```" if is_query or block.startswith("/*-") else block


def script_to_markdown(page: str) -> str:
    """Return a SQL script as Markdown: comments as text, statements in fences, of rows inserted one."""
    told: list[str] = []
    is_row = False
    for is_sql, text in pieces(page):
        was_row, is_row = is_row, is_sql and text.lstrip().lower().startswith("insert")
        if not (was_row and is_row):
            told.append(_statement(text) if is_sql else _COMMENT.sub("", text))
    return "\n\n".join(told)


def _statement(text: str) -> str:
    lines = text.splitlines()
    said = next((i for i, line in enumerate(lines) if not _COMMENT.match(line)), len(lines))
    comments = " ".join(_COMMENT.sub("", line) for line in lines[:said])
    code = "\n".join(lines[said:]).strip()
    return "\n\n".join(filter(None, [comments, f"```sql\n{code}\n```" if code else ""]))


def _dedented(block: str) -> str:
    return dedent(block).strip("\n")
