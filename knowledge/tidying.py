"""Imported Markdown made fit to be retrieved: markup of websites gone, fences whole, headings that say what of."""

import re
from collections.abc import Iterator
from html import unescape
from textwrap import dedent

from sqlglot import parse
from sqlglot.errors import SqlglotError

from ..tools.dialects import get_dialect
from .fences import fenced_lines
from .function_tables import query_examples
from .statements import parts

_LONGEST_FENCE = 2400  # characters: a longer one is data, of which the beginning says enough
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^(?:title|head):\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE)
_FENCE = re.compile(
    r"^(?P<before>[ \t]*(?:>[ \t]?)*)(?P<marks>`{3,}|~{3,})(?P<language>[^\n`]*)\n"
    r"(?P<code>.*?)^[ \t>]*(?P=marks)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_MARKUP = re.compile(
    r"<!--.*?-->|\{%.*?%\}|^\[[^\]\n]+\]:[ \t]+\S+[^\n]*$|^<sub>[^\n]*licen[^\n]*</sub>$"
    r"|^[*_]*This page (?:was )?last (?:modified|updated)[^\n]*$|\[\[\d+\]\]\([^)\n]*\)"
    r"|!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])",
    re.DOTALL | re.MULTILINE,
)
_LINK = re.compile(r"\[((?:`[^`\n]*`|[^\[\]\n`]|\n(?!\n))+)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])")
_TAG = re.compile(
    r"</?(?:div|span|br|p|a|img|sub|sup|details|summary|section|figure|center|small|b|i|em|strong|figcaption|code|kbd|font|u|mark|pre)\b[^<>]*>"
)
_TABLE = re.compile(r"^[ \t]*<table\b.*?</table>", re.DOTALL | re.MULTILINE)
_PRE = re.compile(r"^<pre\b[^>]*>\n?(.*?)</pre>[ \t]*$", re.DOTALL | re.MULTILINE)
_ESCAPED = re.compile(r"\\([_*<>#\[\]()~-])")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_NUMBER = re.compile(r"^(?:(?:Chapter|Appendix|Section|Part)\s+\w+\.\s+|(?:[A-Z]\.)?\d+(?:\.\d+)*\.?\s+)(?=\S)")
_VAGUE = re.compile(
    r"(?:(?:more|basic|simple|usage|general|other|additional) )?(?:examples?|syntax|overview|introduction|description|"
    r"notes?|limitations?|parameters?|arguments?|options?|usage|return (?:type|value)s?|see also|details|remarks|"
    r"outputs?|compatibility|functions provided|caveats|summary|background|definitions?|requirements|performance|"
    r"ordering|(?:example|case) ?\d*|aliases|semantics|basics|restrictions|contents)(?: \d+)?:?",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\.\.\.|…|\{[^{}]*\|[^{}]*\}|\[ *,|\[ [A-Z]|<[a-z][\w-]*>|⟨")


def tidy(page: str, name: str, title: str, dialect: str) -> str:
    """Return a page as Markdown of headings, text and fences alone; ``title`` is its own, ``name`` its path."""
    front = _FRONT_MATTER.match(page)
    if front is not None:
        found = _TITLE.search(front[1])
        title, page = title or (found[1] if found else ""), page[front.end() :]
    page = re.sub(r"</?copy>", "", page.replace("\r\n", "\n"))
    page = _PRE.sub(lambda m: f"```sql\n{unescape(re.sub('<[^<>]*>', '', m[1]))}\n```", query_examples(page))
    page, codes = _lift_fences(page, dialect)
    page = _TABLE.sub(lambda m: _html_table(m[0]), page)
    page = _ESCAPED.sub(r"\1", _TAG.sub("", _LINK.sub(_said, _MARKUP.sub("", page))))
    page = re.sub(r"(?<=\S)[ \t]{2,}(?=\S)|-{4,}(?=[-:|\s]*\|)", lambda m: m[0][: 3 if m[0][0] == "-" else 1], page)
    page = re.sub(r"\0(\d+)\0", lambda m: codes[int(m[1])], page)
    return "\n".join(_titled(page, clean_title(title) or _name_title(name)))


def _said(link: re.Match[str]) -> str:
    """Return the text of a link, none if it only repeats the address."""
    return "" if link[1].endswith((".md", ".html")) else link[1]


def clean_title(title: str) -> str:
    """Return a heading without numbers, marks and links."""
    plain = re.sub(r"[`*¶]|<[^<>]*>", "", _LINK.sub(_said, title))
    return _NUMBER.sub("", " ".join(_ESCAPED.sub(r"\1", plain).split())).strip(" :")


def _name_title(name: str) -> str:
    *folders, stem = name.split("/")
    stem = folders[-1] if folders and stem.lower() in ("readme", "index") else stem
    return re.sub(r"[-_]+", " ", stem) if "-" in stem else stem


def _titled(page: str, title: str) -> Iterator[str]:
    """Yield the lines of a page that begins with a heading, vague ones with what they are of."""
    above = [(0, title)]  # headings over the current one that say something
    yield f"# {title}"
    for line, language in fenced_lines(page):
        heading = _HEADING.match(line) if language is None else None
        if heading is None:
            yield line
            continue
        level, said = len(heading[1]), clean_title(heading[2])
        above = [each for each in above if each[0] < level]
        of = above[-1][1] if above else title
        vague = _VAGUE.fullmatch(said) is not None
        if not vague:
            above.append((level, said))
        yield f"{heading[1]} {f'{of}: {said}' if vague and of.lower() != said.lower() else said}"


def _lift_fences(page: str, dialect: str) -> tuple[str, list[str]]:
    """Return the page with marks in the place of its fences, and the fences, at no indentation."""
    codes: list[str] = []

    def lift(fence: re.Match[str]) -> str:
        lines = fence["code"].splitlines()
        code = "\n".join(_QUOTED.sub("", line) if ">" in fence["before"] else line for line in lines)
        codes.append(_fences(dedent(code).strip("\n"), fence["language"].strip(), fence["marks"], dialect))
        return f"\n\0{len(codes) - 1}\0\n"

    return _FENCE.sub(lift, page), codes


def _fences(code: str, language: str, marks: str, dialect: str) -> str:
    """Return code in fences: statements of SQL apart from their results, what is only a template as text."""
    if language and "sql" not in language.lower():
        return _fence(code, language, marks)
    cut = [("sql" if is_sql and not _is_template(text, dialect) else "text", text) for is_sql, text in parts(code)]
    if not any(kind == "sql" for kind, _ in cut):
        return _fence(code, "text", marks)
    return "\n\n".join(_fence(text, kind, marks) for kind, text in cut)


def _fence(code: str, language: str, marks: str) -> str:
    if len(code) > _LONGEST_FENCE:
        whole = code[:_LONGEST_FENCE].rpartition("\n")[0] or code[:_LONGEST_FENCE]
        ended = whole.rfind(";\n")
        code = (whole[: ended + 1] if ended > 0 and language == "sql" else whole) + "\n…"
    return f"{marks}{language}\n{code.strip()}\n{marks}"


def _is_template(sql: str, dialect: str) -> bool:
    """Tell a pattern of a statement, such as ``SELECT [ALL | DISTINCT] …``, from one that can run."""
    if not _TEMPLATE.search(sql):
        return False
    try:
        return not parse(sql, read=get_dialect(dialect).sqlglot)
    except (SqlglotError, RecursionError):
        return True


def _html_table(table: str) -> str:
    if "\0" in table or "<pre" in table:  # a cell of Markdown has a single line
        return unescape(re.sub(r"\s*(?:<[^<>]*>\s*)+", "\n\n", table)).strip()
    from markdownify import markdownify

    converted: str = markdownify(table, escape_underscores=False, escape_asterisks=False)
    return converted.strip()
