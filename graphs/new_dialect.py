"""A new dialect as a package of its own that works at once, on the engine of the dialect it is most like."""

import csv
import io
import re
from pathlib import Path

from ..knowledge.corpus import load_corpus
from ..tools.dialect_constructs import functions, syntax
from ..tools.dialects import DIALECTS, all_dialects
from ..tools.errors import UsageError
from .dialect_templates import DATABASE, DESCRIPTOR, NEXT, PYPROJECT, TESTS

_NAME = re.compile(r"[a-z][a-z0-9]{1,30}")
_HINT = "  # from when an engine of its own executes it: {name}, which sqlglot knows"
_FILES, _SECTIONS = 3, 2  # of the parent's tutorials, to start from


def write_dialect(name: str, parent: str, folder: Path) -> Path:
    """Write the package of a dialect into a new folder and return it; raises ``UsageError`` for names or a place."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a dialect: use lower-case letters and digits, a letter first.")
    if name in all_dialects():
        raise UsageError(f"There is a dialect {name} already: `isogloss dialect list` shows it.")
    if parent not in DIALECTS:
        raise UsageError(f"A new dialect starts from one of Isogloss's own: {', '.join(DIALECTS)}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: give another folder with --out.")
    for path, text in _files(name, parent).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def _files(name: str, parent: str) -> dict[str, str]:
    words = {
        "name": name,
        "NAME": name.upper(),
        "Name": name.capitalize(),
        "parent": parent,
        "hint": _HINT.format(name=name) if _is_sqlglots(name) else "",
    }
    package = f"isogloss_{name}"
    texts = {
        "pyproject.toml": PYPROJECT,
        f"{package}/__init__.py": DESCRIPTOR,
        f"{package}/database.py": DATABASE,
        f"tests/test_{name}.py": TESTS,
    }
    filled = {path: text.format(**words) for path, text in texts.items()}
    tutorials = {f"{package}/corpus/{file}": text for file, text in _tutorials(parent, words["Name"]).items()}
    return {**filled, **tutorials, f"{package}/constructs.tsv": _constructs(parent)}


def _is_sqlglots(name: str) -> bool:
    from sqlglot.dialects.dialect import Dialect

    return Dialect.get(name) is not None


def _tutorials(parent: str, title: str) -> dict[str, str]:
    """Return the first sections of some of the parent's tutorials, by file."""
    starts = {}
    for path in sorted(load_corpus(parent, "builtin").path.glob("*.md"))[:_FILES]:
        _, *sections = path.read_text(encoding="utf-8").split("\n## ")
        subject = path.stem.replace("_", " ").capitalize()
        starts[path.name] = "\n## ".join([f"# {subject} of {title}\n", *sections[:_SECTIONS]]).rstrip() + "\n"
    return starts


def _constructs(parent: str) -> str:
    """Return the table of what the parent has and not every dialect."""
    table = io.StringIO()
    rows = csv.writer(table, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    rows.writerow(["kind", "name", "dialects", "pattern", "example"])
    rows.writerows(["syntax", c.name, "", c.pattern, c.example] for c in syntax() if parent in c.dialects)
    rows.writerows(["function", name, "", "", ""] for name, having in functions().items() if parent in having)
    return table.getvalue()


def next_steps(name: str, parent: str, folder: Path) -> str:
    """Return what to edit and what to run, in this order."""
    return NEXT.format(name=name, parent=parent, folder=folder)
