"""Importing tutorials: HTML, Markdown, text, reStructuredText and SQL pages become the Markdown files of a corpus."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ..tools.errors import UsageError
from .chunking import snippets_of
from .html_pages import html_to_markdown
from .snippet import Snippet
from .teaching import as_tutorial
from .text_pages import rst_to_markdown, script_to_markdown, text_to_markdown
from .tidying import tidy

Reader = Callable[[str], tuple[str, str]]  # from a page to its title, empty if it states none, and its Markdown
Tell = Callable[[int, int], None]  # how many pages are done, and of how many


def _untitled(read: Callable[[str], str]) -> Reader:
    return lambda page: ("", read(page))


_READERS: dict[str, Reader] = {
    ".htm": html_to_markdown,
    ".html": html_to_markdown,
    ".md": _untitled(str),
    ".markdown": _untitled(str),
    ".rst": _untitled(rst_to_markdown),
    ".sql": _untitled(script_to_markdown),
    ".txt": _untitled(text_to_markdown),
}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported: the corpus folder, pages read, snippets made, and each skipped page with the reason.

    ``with_examples`` of the snippets show a query.
    """

    path: Path
    pages: int
    snippets: int
    with_examples: int
    skipped: tuple[tuple[str, str], ...]


def import_files(paths: Sequence[Path], corpus: Path, dialect: str, progress: Tell) -> ImportReport:
    """Write the pages found at ``paths`` into the folder ``corpus``, replacing it once all are read.

    A page that cannot be read, or says nothing, is skipped with the reason. Raises ``UsageError`` when a path
    does not exist or nothing could be read.
    """
    draft = corpus.with_name(f".{corpus.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    snippets, skipped = list[Snippet](), list[tuple[str, str]]()
    found = list(_pages(paths))
    for number, (page, name) in enumerate(found, 1):
        try:
            text = read_page(page, name, dialect)
        except (OSError, ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
            skipped.append((str(page), str(error).splitlines()[0]))
            continue
        finally:
            progress(number, len(found))
        snippets += snippets_of(text, dialect, name)
        target = draft / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if len(skipped) == len(found):
        why = ": ".join(skipped[0]) if skipped else f"give files or folders of {', '.join(sorted(_READERS))}"
        raise UsageError(f"No page could be imported: {why}.")
    shutil.rmtree(corpus, ignore_errors=True)
    draft.replace(corpus)
    return ImportReport(
        corpus, len(found) - len(skipped), len(snippets), sum(bool(s.examples) for s in snippets), tuple(skipped)
    )


def read_page(page: Path, name: str, dialect: str) -> str:
    """Return a page as a tutorial; raises ``ValueError`` if it says nothing or is no text, ``OSError``."""
    title, text = _READERS[page.suffix.lower()](page.read_text(encoding="utf-8"))
    tutorial = as_tutorial(tidy(text, name, title, dialect), dialect)
    if not tutorial:
        raise ValueError("it says nothing")
    return tutorial


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
