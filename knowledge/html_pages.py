"""HTML pages as Markdown, without what surrounds their content."""

import re
from typing import TYPE_CHECKING

from .function_tables import close_section, unfold_function_tables
from .statements import queries_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_JUNK = """
    script, style, nav, header, footer, aside, form, button, svg, input, select, noscript, iframe, img,
    [role=navigation], .navheader, .navfooter, .toc, .nosearch, .fancy_toc, .menu, .sidebar, .breadcrumb, .breadcrumbs,
    .headerlink, .indexterm, .imgcontainer
"""
_NOTES = ".note .title, .tip .title, .important .title, .warning .title, .caution .title"
_CALL = re.compile(r"\s*[a-z_]\w*\s*\(")
_DEFINITION = re.compile(r"^: {1,3}(.*(?:\n(?: {4}.*)?)*)", re.MULTILINE)


def html_to_markdown(page: str) -> tuple[str, str]:
    """Return the title of an HTML page and its content as Markdown; raises ``ValueError`` if it has no text."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(page, "html.parser")
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    for tag in soup.select(_JUNK):
        tag.decompose()
    content = soup.select_one("main, article, [role=main]") or soup.body or soup
    if not content.get_text(strip=True):
        raise ValueError("the page has no text")
    unfold_function_tables(soup)
    _unwrap_layouts(soup)
    _quote_queries(soup)
    _mend_headings(soup)
    converter = MarkdownConverter(
        heading_style="ATX", code_language="sql", escape_underscores=False, escape_asterisks=False
    )
    converted: str = converter.convert_soup(content)
    converted = _DEFINITION.sub(lambda m: re.sub(r"\n {4}", "\n", m[1]), converted)
    return title, re.sub(r"\n{3,}", "\n\n", converted).strip()


def _unwrap_layouts(soup: "BeautifulSoup") -> None:
    """Make blocks of the tables that hold code: a cell of Markdown has a single line."""
    for table in soup.find_all("table"):
        if table.find("pre"):
            for tag in [table, *table.find_all(["tr", "td", "th", "tbody", "thead"])]:
                tag.name = "div"


def _quote_queries(soup: "BeautifulSoup") -> None:
    """Make code of the quotations that are queries."""
    for quote in soup.find_all("blockquote"):
        said = quote.get_text().strip()
        if ";" in said and not quote.find("pre") and next(queries_of(said), None) is not None:
            quote.name, quote.string = "pre", said


def _mend_headings(soup: "BeautifulSoup") -> None:
    """Make a heading of each function in a definition list, and none of the word over a note."""
    for title in soup.select(_NOTES):
        title.name = "p"
    for term in soup.find_all("dt"):
        inner = term.find(["dt", "dd"])
        if inner is not None:  # nobody closed the tag
            term.insert_after(inner.extract())
        said = " ".join(term.get_text().split())
        if _CALL.match(said) and len(said) < 80:
            term.name, term.string = "h5", said
            whole = term.find_parent("dl")
            if whole is not None and term.find_next_sibling("dt") is None:
                close_section(soup, whole, whole)
