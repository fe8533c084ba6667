"""Tables of functions in official references: a row each becomes a section with examples that can be run."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# DuckDB's pages: `| **Example** | `octet_length('\xAA')` |`.
_EXAMPLE_ROW = re.compile(r"^\| *\*\*Example(?: \d+)?\*\* *\| *`(?P<expression>[^`\n]+)` *\|$", re.MULTILINE)
# SQLite's: `* json_array(1,2) → '[1,2]'`, the arrow maybe on a line of its own.
_EXAMPLE_ITEM = re.compile(r"^[*+-] +(?P<expression>\w+\(.*\))\s*→ .*$", re.MULTILINE)


def unfold_function_tables(soup: "BeautifulSoup") -> None:
    """Replace PostgreSQL's tables of functions by a heading, a description and examples for each function."""
    for table in soup.find_all("table"):
        entries = table.select("td.func_table_entry")
        if entries:
            parts = [part for entry in entries for part in _section(soup, entry)]
            table.replace_with(*parts)
            close_section(soup, parts[0], parts[-1])


def close_section(soup: "BeautifulSoup", first: "Tag", last: "Tag") -> None:
    """Let what follows ``last`` belong to the heading before ``first`` again."""
    above = first.find_previous(["h1", "h2", "h3", "h4"])
    if above is not None:
        again = soup.new_tag(above.name)
        again.string = " ".join(above.get_text().split())
        last.insert_after(again)


def _section(soup: "BeautifulSoup", entry: "Tag") -> list["Tag"]:
    signatures = entry.select("p.func_signature")
    names = dict.fromkeys(code.get_text() for each in signatures for code in each.select("code.function"))
    heading = soup.new_tag("h5")
    heading.string = ", ".join(names) or " ".join(signatures[0].get_text().split()) if signatures else "Functions"
    parts = [heading]
    for paragraph in entry.find_all("p", recursive=False):
        expression = _example(paragraph)
        if expression is None:
            parts.append(paragraph)
            continue
        code = soup.new_tag("pre")
        code.string = f"{'' if expression.lower().startswith('select ') else 'SELECT '}{expression};"
        parts += [code, paragraph]
    return parts


def _example(paragraph: "Tag") -> str | None:
    """Return the expression of a paragraph such as ``abs(-17.4) → 17.4``."""
    first = paragraph.find("code", class_="literal", recursive=False)
    if first is None or "func_signature" in (paragraph.get("class") or []) or "→" not in paragraph.get_text():
        return None
    return first.get_text() if paragraph.get_text().strip().startswith(first.get_text().strip()) else None


def query_examples(page: str) -> str:
    """Return Markdown in which each expression given as an example in a table or list also stands as a query."""
    for pattern in (_EXAMPLE_ROW, _EXAMPLE_ITEM):
        page = pattern.sub(lambda row: f"{row[0]}\n\n```sql\nSELECT {row['expression']};\n```\n", page)
    return page
