"""Loading, running and comparing from the command line: what is printed, and the exit code a script gets."""

import json
from pathlib import Path

import pytest

from .command_line import isogloss

RUNS, FAILS, NO_MATCH, BAD_INPUT = 0, 1, 1, 2


def test_exec_shows_rows_and_says_where(tmp_path: Path) -> None:
    done = isogloss("exec", "shop", "SELECT 1 AS one", "--dialect", "sqlite", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (RUNS, "")
    assert done.stdout.split()[:3] == ["one", "1", "runs"]
    assert "SQLite" in done.stdout


def test_exec_tells_scripts_what_failed(tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text("SELECT missing FROM customers")
    done = isogloss("exec", "shop", "@query.sql", "--dialect", "duckdb", "--json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert done.returncode == FAILS
    assert (record["outcome"], record["error_class"]) == ("error", "unknown_column")


def test_exec_neutralises_what_data_would_do_to_the_terminal(tmp_path: Path) -> None:
    done = isogloss("exec", "shop", "SELECT char(27) || '[2Jx'", "--dialect", "sqlite", cwd=tmp_path)
    assert "\x1b" not in done.stdout


GOLD = "SELECT name, city FROM customers ORDER BY name"


@pytest.mark.parametrize(
    ("predicted", "code", "label"),
    [
        (GOLD, RUNS, "exact"),
        ("SELECT city, name FROM customers ORDER BY name", RUNS, "permuted columns"),
        ("SELECT name, city FROM customers ORDER BY name DESC", NO_MATCH, "mismatch"),
        ("DELETE FROM customers", NO_MATCH, "rejected"),
    ],
)
def test_compare_ends_with_0_for_a_match_only(tmp_path: Path, predicted: str, code: int, label: str) -> None:
    options = ["--dialect", "sqlite", "--gold", GOLD, "--predicted", predicted, "--json"]
    done = isogloss("compare", "shop", *options, cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["label"]) == (code, label)


def test_compare_crosses_dialects(tmp_path: Path) -> None:
    options = ["--dialect", "sqlite", "--predicted-dialect", "duckdb", "--gold", GOLD]
    done = isogloss("compare", "shop", *options, "--predicted", f"FROM ({GOLD})", cwd=tmp_path)
    assert done.stdout.startswith("exact"), done.stderr


def test_a_gold_query_that_fails_is_bad_input(tmp_path: Path) -> None:
    options = ["--dialect", "sqlite", "--gold", "SELEC 1", "--predicted", "SELECT 1"]
    done = isogloss("compare", "shop", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert done.stderr.startswith("error: the gold query does not run")
    assert done.stderr.count("\n") == 1


def test_load_copies_and_compares(tmp_path: Path) -> None:
    done = isogloss("load", "shop", "--into", "copy.duckdb", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert (done.returncode, report["equal"], len(report["tables"])) == (RUNS, True, 4)
    again = isogloss("load", "copy.duckdb", "--into", "sqlite", cwd=tmp_path)
    assert "4 of 4 tables equal in SQLite" in again.stdout
    over = isogloss("load", "shop", "--into", "copy.duckdb", cwd=tmp_path)
    assert (over.returncode, "copy.duckdb exists" in over.stderr) == (BAD_INPUT, True)


def test_a_build_tells_scripts_what_it_kept(tmp_path: Path) -> None:
    options = ["--dialect", "sqlite", "--db", "shop", "--n", "3", "--out", "run", "--json"]
    done = isogloss("build", *options, cwd=tmp_path)
    totals = json.loads(done.stdout)["totals"]
    assert totals["kept"] == 3
    assert sum(totals["rejected"].values()) == totals["items"] - 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["load", "nowhere.sqlite", "--into", "sqlite"], "No database 'nowhere.sqlite'"),
        (["load", "shop", "--into", "excel"], "Cannot copy into 'excel'"),
        (["exec", "shop", "@missing.sql", "--dialect", "sqlite"], "missing.sql cannot be read"),
        (["exec", "shop", "SELECT 1", "--dialect", "access"], "unknown dialect 'access'"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    done = isogloss(*words, cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
