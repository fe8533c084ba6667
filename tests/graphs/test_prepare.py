"""Preparing training data: the prompts are those of sampling, and what is left out is told with its reason."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.tracing.trace import Trace
from isogloss.graphs.training.prepare import PrepareConfig, Prepared, prepare
from isogloss.graphs.training.run_pairs import template_of
from isogloss.graphs.translation.config import TranslationConfig, questions_to_translate
from isogloss.graphs.translation.run import translate_questions
from isogloss.tools.errors import UsageError
from isogloss.training.examples import Example, read_examples

from ..command_line import isogloss
from ..openai_server import ChatServer
from .observers import Nobody
from .school_database import school
from .test_sampling import config, question, question_set, replied, run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(replied).running() as running:
        yield running


def prepared(*runs: Path, **more: Any) -> tuple[Prepared, list[Example]]:
    out = runs[0].parent / "examples.jsonl"
    summary = prepare(PrepareConfig(runs, out, **more), lambda *_: None)
    return summary, read_examples([out])


def pair(number: int, database: Path | str = "shop", **more: Any) -> dict[str, Any]:
    sql = f"SELECT name FROM pupil WHERE age > {number}"
    about = {"id": f"p{number}", "question": f"Who is older than {number}?", "sql": sql, "dialect": "sqlite"}
    return {**about, "database": Path(database).stem, "source": str(database), "features": [], **more}


def made_run(path: Path, *pairs: dict[str, Any]) -> Path:
    path.mkdir()
    (path / "run.json").write_text(json.dumps({"config": {"kind": "translation"}}))
    (path / "pairs.jsonl").write_text("".join(json.dumps(each) + "\n" for each in pairs))
    return path


@pytest.mark.parametrize(("dialect", "tokens", "values"), [("sqlite", 4000, 3), ("duckdb", 100, 1)])
def test_a_prompt_is_the_one_that_sampling_gives(
    dialect: str, tokens: int, values: int, tmp_path: Path, server: ChatServer
) -> None:
    """All right answers of a sampling are examples, and those to one question have one template."""
    school(tmp_path)
    entries = (question(number, evidence="age is in years") for number in range(2))
    question_set(tmp_path, *entries, question(2))
    run(config(tmp_path, server, dialect=dialect, models={"schema_tokens": tokens}, schema_values=values))
    with closing(Trace.read(tmp_path / "run" / "trace.sqlite")) as trace:
        deltas = [json.loads(row["delta"]) for row in trace.query("SELECT delta FROM steps WHERE node = 'prompt'")]
    summary, examples = prepared(tmp_path / "run", schema_tokens=tokens, schema_values=values)
    assert {(json.dumps(d["chat"]), d["plain"]) for d in deltas} == {
        (json.dumps(e.prompt.messages), e.prompt.plain) for e in examples
    }
    right = [json.loads(line) for line in (tmp_path / "run" / "valid.jsonl").read_text().splitlines()]
    assert [e.completion for e in examples] == [each["sql"] for each in right]
    assert len(examples) > 3 == len(deltas)
    assert summary.templates == 1


def test_the_pairs_of_builds_in_two_dialects(tmp_path: Path) -> None:
    for dialect in ("sqlite", "duckdb"):
        build(BuildConfig(dialect, "shop", 6, out=tmp_path / dialect), Nobody())
    summary, examples = prepared(tmp_path / "sqlite", tmp_path / "duckdb", tmp_path / "sqlite")
    assert summary.dialects == {"sqlite": 6, "duckdb": 6}
    assert summary.databases == {"shop": 12}
    assert (summary.examples, summary.duplicates, summary.left_out) == (12, 6, [])
    assert all("CREATE TABLE" in e.prompt.plain and e.id.startswith(f"{e.dialect}/") for e in examples)


def test_a_database_that_is_another_now_or_gone_is_left_out(tmp_path: Path) -> None:
    file = school(tmp_path)
    build(BuildConfig("sqlite", str(file), 2, out=tmp_path / "run"), Nobody())
    one = made_run(tmp_path / "one", pair(1), pair(2))
    summary, _ = prepared(tmp_path / "run", one)
    assert summary.databases == {"school": 2, "shop": 2}
    moved = file.rename(tmp_path / "moved.sqlite")
    summary, _ = prepared(tmp_path / "run", one)
    assert [(each.run, each.pairs) for each in summary.left_out] == [(str(tmp_path / "run"), 2)]
    assert "school is gone" in summary.left_out[0].reason
    assert "--db school=DB" in summary.left_out[0].reason
    summary, _ = prepared(tmp_path / "run", one, named={"school": str(moved)})
    assert summary.databases == {"school": 2, "shop": 2}
    summary, _ = prepared(tmp_path / "run", one, named={"school": "shop"})
    assert "not what it was" in summary.left_out[0].reason
    (tmp_path / "elsewhere").mkdir()
    moved.rename(tmp_path / "elsewhere" / "school.sqlite")
    summary, _ = prepared(tmp_path / "run", one, databases=tmp_path / "elsewhere")
    assert summary.databases == {"school": 2, "shop": 2}


def test_a_url_whose_password_was_not_kept_and_an_engine_that_fails_are_told(tmp_path: Path) -> None:
    server = pair(1, "postgresql://me:[redacted]@host/db", dialect="postgres")
    broken = tmp_path / "broken.sqlite"
    broken.write_text("no database")
    summary, _ = prepared(made_run(tmp_path / "run", pair(1), server, pair(3, broken)))
    reasons = [each.reason for each in summary.left_out]
    assert any("password of db is not kept" in reason for reason in reasons)
    assert any("neither a SQLite nor a DuckDB database" in reason for reason in reasons)


def test_what_is_for_evaluation_stays_out_unless_asked_for(tmp_path: Path) -> None:
    """A database that one run marks is marked in all, so that no run trains on what another evaluates."""
    file = school(tmp_path)
    marked = made_run(tmp_path / "marked", pair(1, file, evaluation_database=True))
    other = made_run(tmp_path / "other", pair(2, file), pair(3))
    summary, examples = prepared(marked, other)
    assert [e.id for e in examples] == ["other/p3"]
    assert sum(each.pairs for each in summary.left_out) == 2
    summary, examples = prepared(marked, other, evaluation=True)
    assert [e.evaluation for e in examples] == [True, True, False]
    assert summary.evaluation == 2


def test_what_plain_sqlglot_has_translated(tmp_path: Path) -> None:
    school(tmp_path)
    by_rules = {"id": "r", "question": "Who is Ann?", "sql": 'SELECT id FROM pupil WHERE name = "Ann"'}
    path = question_set(tmp_path, question(1), {**by_rules, "database": "school"})
    wanted = TranslationConfig(path, "duckdb", out=tmp_path / "run", workers=1)
    translate_questions(wanted, questions_to_translate(wanted), Nobody())
    assert prepared(tmp_path / "run")[0].examples == 2
    summary, examples = prepared(tmp_path / "run", writers=("sqlglot",))
    assert [e.id for e in examples] == ["run/q1-duckdb"]
    assert summary.left_out[0].reason == "not translated by sqlglot"


def test_one_query_has_one_template_in_all_dialects() -> None:
    queries = {
        "sqlite": "SELECT a.name FROM a ORDER BY a.age DESC NULLS LAST LIMIT 3",
        "postgres": "SELECT x.y FROM x ORDER BY x.z DESC LIMIT 5",
        "oracle": "SELECT b.c FROM b ORDER BY b.d DESC FETCH FIRST 2 ROWS ONLY",
        "mysql": "SELECT `name` FROM a ORDER BY age DESC LIMIT 7",
    }
    assert len({template_of({"sql": sql, "dialect": dialect}) for dialect, sql in queries.items()}) == 1
    gold = {"gold": "SELECT 1", "gold_dialect": "sqlite", "dialect": "oracle"}
    assert template_of({**gold, "sql": "SELECT 1 FROM dual"}) == template_of({**gold, "sql": "not SQL ((("})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"question": "?"}\n', "is not a pair"),
        ("{\n", "is not a pair"),
        (json.dumps(pair(1) | {"sql": None}) + "\n", r"pair 1 is not a pair \(sql\)"),
        ("", "no pair to make an example of"),
    ],
)
def test_a_run_that_holds_no_pairs_is_bad_input(tmp_path: Path, content: str, said: str) -> None:
    path = made_run(tmp_path / "run")
    (path / "pairs.jsonl").write_text(content)
    with pytest.raises(UsageError, match=said):
        prepared(path)
    assert not (tmp_path / "examples.jsonl").exists()


def test_the_command_tells_what_it_wrote_and_touches_no_other_file(tmp_path: Path) -> None:
    gone = pair(2, tmp_path / "gone.sqlite")
    made_run(tmp_path / "run", pair(1), gone)
    done = isogloss("train", "prepare", "run", "--out", "examples.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wrote 1 examples to examples.jsonl" in done.stdout
    assert "left out 1 of run: gone is gone" in done.stdout
    again = isogloss("train", "prepare", "run", "--out", "examples.jsonl", "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["examples"] == 1
    for words, said in (
        (("--out", "run/pairs.jsonl"), "holds something other than examples"),
        (("--out", "run"), "is a directory"),
        (("--out", "e.jsonl", "--writer", "me"), "Nobody called 'me' translates"),
        (("--out", "e.jsonl", "--db", "school"), "names no database"),
        (("--out", "e.jsonl", "--databases", "none"), "is no folder"),
    ):
        refused = isogloss("train", "prepare", "run", *words, cwd=tmp_path)
        assert refused.returncode == 2
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
