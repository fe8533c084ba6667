"""A dialect that an installed package brings: written by one command, found by every command, no harm if broken."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from isogloss.graphs.new_dialect import next_steps, write_dialect
from isogloss.tools.errors import UsageError


def installed(folder: Path, name: str, value: str) -> None:
    """Make a folder on the path a package that declares a dialect, as pip would."""
    about = folder / f"isogloss_{name}-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: isogloss-{name}\nVersion: 0.1.0\n")
    (about / "entry_points.txt").write_text(f"[isogloss.dialects]\n{name} = {value}\n")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one good dialect, one that cannot be imported, and one that takes a name of ours."""
    folder = write_dialect("nearlite", "sqlite", tmp_path_factory.mktemp("packages") / "isogloss-nearlite")
    installed(folder, "nearlite", "isogloss_nearlite:NEARLITE")
    write_dialect("presto", "sqlite", folder / "other")
    (folder / "other" / "isogloss_presto").rename(folder / "isogloss_presto")
    installed(folder, "presto", "isogloss_presto:PRESTO")
    installed(folder, "broken", "isogloss_broken:BROKEN")
    installed(folder, "sqlite", "isogloss_nearlite:NEARLITE")
    return folder


def run(packages: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(packages), "ISOGLOSS_HOME": str(packages / "home")}
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, cwd=packages)


def isogloss(packages: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run(packages, "-m", "isogloss", *arguments)


def test_every_dialect_is_listed_with_what_is_missing(packages: Path) -> None:
    rows = json.loads(isogloss(packages, "dialect", "list", "--json").stdout)
    ours = {row["name"]: row for row in rows if row["source"] == "isogloss"}
    assert set(ours) == {"bigquery", "duckdb", "mysql", "oracle", "postgres", "sqlite"}
    theirs = {row["name"]: row for row in rows if row["source"] != "isogloss"}
    assert theirs["nearlite"]["ready"]
    assert theirs["nearlite"]["source"] == "isogloss-nearlite 0.1.0"
    assert "No module named 'isogloss_broken'" in theirs["broken"]["missing"]
    assert "one of Isogloss's own" in theirs["sqlite"]["missing"]


def test_commands_and_their_child_processes_find_it(packages: Path) -> None:
    done = isogloss(packages, "exec", "shop", "SELECT count(*) AS n FROM nowhere", "--dialect", "nearlite", "--json")
    assert json.loads(done.stdout)["error_class"] == "unknown_table", done.stderr
    built = isogloss(packages, "build", "--dialect", "nearlite", "--db", "shop", "--n", "5", "--out", "run", "--json")
    assert built.returncode == 0, built.stderr
    pairs = [json.loads(line) for line in (packages / "run" / "pairs.jsonl").read_text().splitlines()]
    assert {pair["dialect"] for pair in pairs} == {"nearlite"}
    assert len(pairs) == 5


def test_its_name_is_a_dialect_of_sqlglots_too(packages: Path) -> None:
    program = (
        "from isogloss.tools.dialects import get_dialect; from isogloss.tools.dialect_constructs import *;"
        "import sqlglot; print(get_dialect('nearlite').sqlglot, sqlglot.transpile('SELECT \"a\" || b', 'nearlite')[0]);"
        "print(sorted(dialect_constructs('SELECT name FROM t WHERE name GLOB 1', 'nearlite')))"
    )
    done = run(packages, "-c", program)
    assert done.stdout.splitlines() == ['nearlite SELECT "a" || b', "['GLOB']"], done.stderr


def test_a_name_that_sqlglot_has_for_another_is_read_as_the_descriptor_says(packages: Path) -> None:
    assert "presto, which sqlglot knows" in (packages / "isogloss_presto" / "__init__.py").read_text()
    done = isogloss(packages, "exec", "shop", "SELECT name FROM [customers] LIMIT 1", "--dialect", "presto", "--json")
    assert json.loads(done.stdout)["outcome"] == "runs", done.stderr
    program = "from isogloss.tools.dialects import *; import sqlglot; print(get_dialect('presto').sqlglot);" + (
        "print(sqlglot.transpile('SELECT [a] FROM t', 'presto', 'duckdb')[0])"
    )
    assert run(packages, "-c", program).stdout.splitlines() == ["presto", 'SELECT "a" FROM t']


def test_a_broken_package_stops_only_its_own_dialect(packages: Path) -> None:
    done = isogloss(packages, "exec", "shop", "SELECT 1", "--dialect", "broken")
    assert done.returncode == 2
    assert done.stderr.startswith("error: The dialect broken of isogloss-broken 0.1.0 cannot be loaded")
    assert "Traceback" not in done.stderr
    assert isogloss(packages, "exec", "shop", "SELECT 1", "--dialect", "sqlite").returncode == 0


def test_an_unknown_dialect_is_told_which_there_are(packages: Path) -> None:
    done = isogloss(packages, "exec", "shop", "SELECT 1", "--dialect", "cobol")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("bigquery", "sqlite", "nearlite", "presto"))


def test_what_is_written_passes_its_own_tests(packages: Path) -> None:
    done = run(packages, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert done.returncode == 0, done.stdout
    assert "14 passed" in done.stdout


@pytest.mark.parametrize(
    ("name", "parent", "said"),
    [
        ("Bad!", "sqlite", "is no name for a dialect"),
        ("mysql", "sqlite", "There is a dialect mysql already"),
        ("nearly", "cobol", "starts from one of Isogloss's own"),
    ],
)
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str, parent: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        write_dialect(name, parent, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        write_dialect("nearly", "sqlite", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_next_steps_name_what_was_written(tmp_path: Path) -> None:
    folder = write_dialect("nearly", "duckdb", tmp_path / "new")
    said = next_steps("nearly", "duckdb", folder)
    for path in ("isogloss_nearly/__init__.py", "isogloss_nearly/database.py", "tests/test_nearly.py"):
        assert path in said
        assert (folder / path).is_file()
    assert len(list((folder / "isogloss_nearly" / "corpus").glob("*.md"))) == 3
