"""Importing tutorials: HTML, Markdown, text and reStructuredText pages become the Markdown files of a corpus."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ..tools.errors import UsageError
from .chunking import snippets_of

_READERS: dict[str, Callable[[str], str]] = {}
_UNDERLINE = re.compile(r"^(?P<title>[^\n]+)\n(?P<line>[=\-~^\"'#*+]{3,})$", re.MULTILINE)
_LITERAL = re.compile(r"::\n\n((?:[ \t]+[^\n]*\n|\n)+)")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported: the corpus folder, pages read, snippets made, and each skipped page with the reason."""

    path: Path
    pages: int
    snippets: int
    skipped: tuple[tuple[str, str], ...]


def import_files(paths: Sequence[Path], corpus: Path, dialect: str, progress: Callable[[str], None]) -> ImportReport:
    """Write the pages found at ``paths`` into the folder ``corpus``, replacing it once all are read.

    A page that cannot be read, or says nothing, is skipped with the reason. Raises ``UsageError`` when a path
    does not exist or nothing could be read.
    """
    draft = corpus.with_name(f".{corpus.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    pages, snippets, skipped = 0, 0, list[tuple[str, str]]()
    for page, name in _pages(paths):
        progress(name)
        try:
            text = _READERS[page.suffix.lower()](page.read_text(encoding="utf-8"))
            made = len(snippets_of(text, dialect, name))
        except (OSError, ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
            skipped.append((str(page), str(error).splitlines()[0]))
            continue
        if not made:
            skipped.append((str(page), "it says nothing"))
            continue
        target = draft / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        pages, snippets = pages + 1, snippets + made
    if not pages:
        raise UsageError(f"No page could be imported: give files or folders of {', '.join(sorted(_READERS))}.")
    shutil.rmtree(corpus, ignore_errors=True)
    draft.replace(corpus)
    return ImportReport(corpus, pages, snippets, tuple(skipped))


def _pages(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each page with its name inside the corpus, no name twice; symbolic links are not followed."""
    taken = set[str]()
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist.")
        found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        for page in found:
            if page.suffix.lower() in _READERS:
                relative = page.relative_to(path.parent if path.is_file() else path)
                name = _free_name(relative.with_suffix("").as_posix(), taken)
                taken.add(name)
                yield page, name


def _free_name(wanted: str, taken: set[str]) -> str:
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def html_to_markdown(page: str) -> str:
    """Return the content of an HTML page as Markdown, without navigation, scripts and styles."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.select("script, style, nav, header, footer, .navheader, .navfooter, .toc, .fancy"):
        tag.decompose()
    if not soup.get_text(strip=True):
        raise ValueError("the page has no text")
    converted: str = MarkdownConverter(heading_style="ATX", code_language="sql").convert_soup(soup.body or soup)
    return re.sub(r"\n{3,}", "\n\n", converted).strip()


def rst_to_markdown(page: str) -> str:
    """Return reStructuredText as Markdown as far as chunking needs it: headings and literal blocks."""
    text = _LITERAL.sub(lambda m: f":\n\n```sql\n{_dedented(m[1])}\n```\n", page)
    return _UNDERLINE.sub(lambda m: f"{'#' if m['line'][0] == '=' else '##'} {m['title']}", text)


def text_to_markdown(page: str) -> str:
    """Return plain text as it is; a page without text raises ``ValueError``."""
    if not page.strip():
        raise ValueError("the page has no text")
    return page


def _dedented(block: str) -> str:
    from textwrap import dedent

    return dedent(block).strip()


_READERS |= {
    ".htm": html_to_markdown,
    ".html": html_to_markdown,
    ".md": text_to_markdown,
    ".markdown": text_to_markdown,
    ".rst": rst_to_markdown,
    ".txt": text_to_markdown,
}
