"""Dialect keywords: what tells dialects apart, with what is common to all and what is chance left out."""

import json
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.errors import UsageError
from isogloss.training.keywords import Keyword, log_odds_z, mined_keywords, read_keywords, write_keywords

from ..command_line import isogloss

COMMON = (
    "SELECT DISTINCT a FROM t WHERE b = 1 GROUP BY a",
    "SELECT RANK() OVER (ORDER BY a) FROM t",
    "SELECT LEAD(a) OVER (ORDER BY a) FROM t",
)
OWN = {
    "sqlite": ("SELECT STRFTIME('%Y', a) FROM t", "SELECT a FROM t WHERE b GLOB 'x*'"),
    "postgres": ("SELECT a::TEXT FROM t", "SELECT DISTINCT ON (a) b FROM t"),
    "mysql": ("SELECT DATE_FORMAT(a, '%Y') FROM t", "SELECT a FROM t GROUP BY a WITH ROLLUP"),
}


def queries(dialect: str, common: int = 60, own: int = 10) -> list[str]:
    return [*islice(cycle(COMMON), common), *islice(cycle(OWN[dialect]), own)]


def words(found: list[Keyword]) -> list[str]:
    return [each.keyword for each in found]


def test_what_a_dialect_has_of_its_own_comes_up_and_nothing_else() -> None:
    found = mined_keywords({dialect: queries(dialect) for dialect in OWN}, 20)
    assert set(words(found["sqlite"])) == {"STRFTIME", "GLOB"}
    assert set(words(found["postgres"])) == {"::", "TEXT", "DISTINCT ON"}
    assert set(words(found["mysql"])) == {"DATE_FORMAT", "WITH ROLLUP"}
    first = found["sqlite"][0]
    assert first.share == pytest.approx(5 / 70)
    assert first.elsewhere == 0


def test_what_every_dialect_holds_is_a_keyword_of_none_however_frequent() -> None:
    """Windows are ten times as frequent in one of these dialects, and belong to all."""
    found = mined_keywords({"sqlite": [COMMON[1]] * 100 + queries("sqlite"), "mysql": queries("mysql")}, 20)
    assert not {"OVER", "ORDER BY", "RANK"} & {*words(found["sqlite"]), *words(found["mysql"])}


@pytest.mark.parametrize("times", [1, 2])
def test_what_occurs_once_or_twice_may_be_chance(times: int) -> None:
    rare = ["SELECT JULIANDAY(a) FROM t"] * times
    found = mined_keywords({d: queries(d) + (rare if d == "sqlite" else []) for d in OWN}, 20)
    assert "JULIANDAY" not in words(found["sqlite"])


@pytest.mark.parametrize(("dialects", "queries_needed"), [(2, 7), (3, 4), (4, 3), (5, 2), (6, 2)])
@pytest.mark.parametrize("of", [100, 1000])
def test_how_many_queries_make_a_keyword_hangs_on_the_dialects(dialects: int, queries_needed: int, of: int) -> None:
    enough = [log_odds_z(held, of, 0, (dialects - 1) * of, of) >= 1.645 for held in range(1, 10)]
    assert enough.index(True) + 1 == queries_needed


def test_a_word_that_two_dialects_have_is_a_keyword_of_both() -> None:
    shared = ["SELECT a FROM t WHERE b ILIKE 'x'"] * 12
    given_ = {d: queries(d) + (shared if d == "postgres" else []) for d in OWN}
    found = mined_keywords({**given_, "duckdb": [*COMMON * 20, *shared]}, 20)
    assert "ILIKE" in words(found["postgres"])
    assert "ILIKE" in words(found["duckdb"])


def test_no_more_than_asked_for_and_the_surest_first() -> None:
    found = mined_keywords({dialect: queries(dialect) for dialect in OWN}, 20)["mysql"]
    assert [each.weight for each in found] == sorted((each.weight for each in found), reverse=True)
    assert mined_keywords({dialect: queries(dialect) for dialect in OWN}, 1)["mysql"] == found[:1]


@pytest.mark.parametrize("given_", [{}, {"sqlite": ["SELECT 1"]}, {"sqlite": ["SELECT 1"], "mysql": []}])
def test_one_dialect_alone_has_nothing_to_compare_with(given_: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError, match="add runs of another"):
        mined_keywords(given_, 20)


counts = st.integers(0, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts, counts, st.floats(1, 1000))
def test_the_score_is_antisymmetric_and_grows_with_the_share(
    here: tuple[int, int], there: tuple[int, int], prior: float
) -> None:
    z = log_odds_z(*here, *there, prior)
    assert z == pytest.approx(-log_odds_z(*there, *here, prior))
    if here[1] == there[1]:
        assert (z > 0) == (here[0] > there[0])


@given(st.integers(10, 500), st.integers(1, 5))
def test_more_queries_of_the_same_shares_are_surer(of: int, times: int) -> None:
    few, many = log_odds_z(of // 2, of, 0, of, of), log_odds_z(times * (of // 2), times * of, 0, times * of, times * of)
    assert many >= few > 0


def test_keywords_are_written_and_read_back_and_may_be_edited(tmp_path: Path) -> None:
    path = tmp_path / "keywords.tsv"
    found = mined_keywords({dialect: queries(dialect) for dialect in OWN}, 20)
    write_keywords(path, found)
    assert read_keywords(path) == {dialect: words(those) for dialect, those in found.items()}
    path.write_text("# by hand\ndialect\tkeyword\n\nmysql\tDIV\nsqlite\tGLOB\nmysql\tON DUPLICATE KEY\nmysql\tDIV\n")
    assert read_keywords(path) == {"mysql": ["DIV", "ON DUPLICATE KEY"], "sqlite": ["GLOB"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no columns dialect and keyword"),
        ("mysql\tDIV\n", "no columns dialect and keyword"),
        ("dialect\tkeyword\n", "has no keywords"),
        ("# one\ndialect\tkeyword\nmysql DIV\n", "line 3 has no keyword"),
        (f"dialect\tkeyword\nmysql\t{'A' * 200_000}\n", "line 2 is 200,000 characters long and no keyword"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "keywords.tsv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_keywords(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_keywords(tmp_path / "none.tsv")


def made_run(folder: Path, dialect: str, sqls: list[str]) -> None:
    (folder / dialect).mkdir()
    (folder / dialect / "run.json").write_text('{"config": {}}')
    made = [{"question": "?", "sql": sql, "dialect": dialect, "database": "d", "features": []} for sql in sqls]
    (folder / dialect / "pairs.jsonl").write_text("".join(json.dumps(each) + "\n" for each in made))


def test_the_command_shows_one_dialect_and_writes_all(tmp_path: Path) -> None:
    for dialect in OWN:  # a query counts once
        made_run(tmp_path, dialect, [f"{sql} LIMIT {number}" for number, sql in enumerate(queries(dialect))] * 2)
    done = isogloss("keywords", "sqlite", *OWN, "--out", "keywords.tsv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["queries"] == {"sqlite": 70, "postgres": 70, "mysql": 70}
    assert {each["keyword"] for each in shown["keywords"]} == {"STRFTIME", "GLOB"}
    assert set(read_keywords(tmp_path / "keywords.tsv")) == set(OWN)
    assert shown["notes"] == []
    for wanted, said in (
        (("sqlite", "sqlite"), "add runs of another"),
        (("duckdb", *OWN), "None of the runs has a pair of duckdb"),
        (("sqlite", "none"), "is not a run"),
        (("klingon", *OWN), "unknown dialect"),
        (("sqlite", *OWN, "--out", "none/k.tsv"), "cannot be written"),
    ):
        refused = isogloss("keywords", *wanted, cwd=tmp_path)
        assert refused.returncode == 2
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_dialect_without_a_sure_keyword_has_those_of_its_tutorial(tmp_path: Path) -> None:
    made_run(tmp_path, "sqlite", [f"{sql} LIMIT {number}" for number, sql in enumerate(queries("sqlite", 60, 20))])
    made_run(tmp_path, "duckdb", [f"{sql} LIMIT {number}" for number, sql in enumerate(COMMON * 20)])
    done = isogloss("keywords", "duckdb", "sqlite", "duckdb", "--out", "keywords.tsv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    [note] = told["notes"]
    assert note.startswith("duckdb has the keywords of its tutorial")
    assert "GROUP BY ALL" in {each["keyword"] for each in told["keywords"]}
    assert set(read_keywords(tmp_path / "keywords.tsv")["sqlite"]) == {"STRFTIME", "GLOB"}
    assert "GROUP BY ALL" in read_keywords(tmp_path / "keywords.tsv")["duckdb"]
    assert note in isogloss("keywords", "sqlite", "sqlite", "duckdb", cwd=tmp_path).stdout


def test_every_dialect_has_a_keyword_from_the_tutorials(tmp_path: Path) -> None:
    done = isogloss("keywords", "oracle", "--out", "keywords.tsv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(read_keywords(tmp_path / "keywords.tsv")) == {*OWN, "duckdb", "oracle", "bigquery"}


def test_without_runs_the_tutorials_are_mined(tmp_path: Path) -> None:
    done = isogloss("keywords", "oracle", "--top", "5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "CONNECT BY" in done.stdout
    assert "from the examples of the tutorials" in done.stdout
