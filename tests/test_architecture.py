"""The house: which room may import which, and what the distribution contains."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import isogloss
import pytest

ROOT = Path(isogloss.__file__).parent
ROOMS = {
    "tools": {"tools"},
    "knowledge": {"knowledge", "tools"},
    "agents": {"agents", "knowledge", "tools"},
    "training": {"training", "tools"},
    "graphs": {"graphs", "agents", "knowledge", "tools", "training"},
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported_rooms(module: Path) -> Iterator[str]:
    """Yield the room of each of our modules that ``module`` imports."""
    package = module.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            yield from _rooms((*above, *(node.module or "").split(".")), node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "isogloss":
            yield from _rooms(tuple((node.module or "").split(".")[1:]), node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("isogloss."))


def _rooms(parts: tuple[str, ...], names: list[ast.alias]) -> Iterator[str]:
    named = [part for part in parts if part]
    yield from [named[0]] if named else [name.name for name in names]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    allowed = ROOMS[room] | {"__version__"}
    found = {(str(m.relative_to(ROOT)), r) for m in modules(room) for r in imported_rooms(m) if r not in allowed}
    assert not found


@pytest.mark.parametrize("room", ROOMS)
def test_imports_inside_the_package_are_relative(room: str) -> None:
    absolute = [
        module.name
        for module in modules(room)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "isogloss")
        or (isinstance(node, ast.Import) and any(n.name.split(".")[0] == "isogloss" for n in node.names))
    ]
    assert not absolute


def test_every_package_is_distributed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {init.parent for room in ROOMS for init in (ROOT / room).rglob("__init__.py")}
    assert set(listed) == {"isogloss"} | {".".join(("isogloss", *f.relative_to(ROOT).parts)) for f in folders}


def test_every_folder_with_modules_is_a_package() -> None:
    assert not [m for room in ROOMS for m in modules(room) if not (m.parent / "__init__.py").is_file()]


def names_of_sqlglot(tree: ast.AST) -> Iterator[str]:
    """Yield the names by which a module knows what it imports from sqlglot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlglot":
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.asname or "sqlglot" for a in node.names if a.name.split(".")[0] == "sqlglot")


def bases(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each class of a module with the first name of each of its bases: ``exp`` of ``exp.Func``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from ((node.name, ast.unparse(base).split(".")[0]) for base in node.bases)


@pytest.mark.parametrize("room", ROOMS)
def test_no_class_is_one_of_sqlglots(room: str) -> None:
    """Where sqlglot is compiled, its classes cannot be inherited from."""
    trees = [(module, ast.parse(module.read_text(encoding="utf-8"))) for module in modules(room)]
    assert not [(m.name, name) for m, tree in trees for name, base in bases(tree) if base in names_of_sqlglot(tree)]
