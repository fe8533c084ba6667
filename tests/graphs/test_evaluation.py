"""Evaluating answers: graded beside gold in the right engine, kept as they come, reported truthfully."""

import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.arena import Arena
from isogloss.graphs.console import PLAIN_TEXT
from isogloss.graphs.evaluation.directory import read_evaluation
from isogloss.graphs.evaluation.progress import LineProgress
from isogloss.graphs.evaluation.report import EvalReport
from isogloss.graphs.evaluation.run import EvalConfig, evaluate, evaluate_system
from isogloss.graphs.evaluation.systems import Answer
from isogloss.graphs.evaluation.view import show_evaluation
from isogloss.tools.errors import UsageError
from isogloss.tools.question_sets import Question, read_question_set
from isogloss.training.graded import GradedAnswer
from rich.console import Console

from ..command_line import isogloss

SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider"
PUPILS = "CREATE TABLE pupil (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)"
GOLD = {
    "count": "SELECT COUNT(*) FROM pupil",
    "names": "SELECT name FROM pupil WHERE age > 9",
    "upper": "SELECT name FROM pupil WHERE name LIKE 'A%'",
    "empty": "SELECT name FROM pupil WHERE age > 99",
    "chance": "SELECT name FROM pupil ORDER BY age LIMIT 1",
    "broken": "SELECT height FROM pupil",
    "grades": "SELECT age, COUNT(*) FROM pupil GROUP BY age HAVING COUNT(*) > 1",
}


class Watching:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.started = (0, 0)
        self.databases: list[str] = []
        self.graded: list[GradedAnswer] = []

    def on_start(self, done: int, of: int) -> None:
        self.started = (done, of)

    def on_database(self, name: str) -> None:
        self.databases.append(name)

    def on_answer(self, answer: GradedAnswer) -> None:
        self.graded.append(answer)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    folder = tmp_path / "school-set"
    (folder / "database").mkdir(parents=True)
    with closing(sqlite3.connect(folder / "database" / "school.sqlite")) as connection, connection:
        connection.execute(PUPILS)
        pupils = [("Ann", 9), ("Abe", 9), ("Bob", 10), ("Cid", 11), ("Ann", 10)]
        connection.executemany("INSERT INTO pupil (name, age) VALUES (?, ?)", pupils)
    entries = [{"id": i, "question": f"{i}?", "query": sql, "db_id": "school"} for i, sql in GOLD.items()]
    (folder / "dev.json").write_text(json.dumps(entries))
    return folder


def predicted(path: Path, answers: dict[str, Any]) -> Path:
    path.write_text(json.dumps(answers))
    return path


def outcomes(answers: Sequence[GradedAnswer]) -> dict[str, str]:
    return {each.id: each.grade for each in answers}


def shown(report: EvalReport) -> str:
    output = io.StringIO()
    show_evaluation(Console(file=output, width=120, **PLAIN_TEXT), report)
    return output.getvalue()


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_predictions_are_graded_by_gold(benchmark: Path, tmp_path: Path, dialect: str) -> None:
    answers = {
        "count": "The answer:\n```sql\nSELECT COUNT(id) FROM pupil\n```",
        "names": "SELECT name FROM pupil WHERE age > 10",
        "upper": "SELECT nobody FROM pupil",
        "empty": "SELECT nobody FROM pupil",
        "chance": "SELECT nobody FROM pupil",
        "broken": "SELECT height FROM pupil",
    }
    file = predicted(tmp_path / "mine.json", answers)
    report = evaluate(EvalConfig(benchmark, dialect, file), Watching())
    record, graded = read_evaluation(Path(f"evals/school-set-{dialect}-mine"))
    assert outcomes(graded) == {
        "count": "match",
        "names": "runs but differs",
        "upper": "error(unknown_column)",
        "empty": "vacuous",
        "chance": "nondeterministic",
        "broken": "bad_gold",
        "grades": "missing",
    }
    assert (report.accuracy.estimate.value, report.accuracy.strict) == (1 / 4, 1 / 7)
    assert report.left_out == {"vacuous": 1, "nondeterministic": 1, "bad_gold": 1}
    assert {each.id: each.hardness for each in graded}["grades"] == "medium"
    by_id = {each.id: each for each in graded}
    assert by_id["count"].sql == "SELECT COUNT(id) FROM pupil"
    assert "height" in (by_id["broken"].reason or "")
    assert by_id["grades"].reason == "no prediction"
    nothing = evaluate(EvalConfig(benchmark, dialect, predicted(tmp_path / "one.json", {"count": "?"})), Watching())
    assert (nothing.left_out, nothing.accuracy.estimate.value) == (report.left_out, 0)
    assert record["config"]["dialect"] == dialect


def test_baselines_are_made_of_gold(benchmark: Path) -> None:
    own = evaluate(EvalConfig(benchmark, "sqlite", baseline="gold"), Watching())
    rules = evaluate(EvalConfig(benchmark, "duckdb", baseline="rules", against=Path(own.directory)), Watching())
    by_sqlglot = evaluate(EvalConfig(benchmark, "duckdb", baseline="sqlglot", workers=1), Watching())
    assert [each.accuracy.estimate.value for each in (own, rules, by_sqlglot)] == [1, 1, 1]
    assert rules.against is not None
    assert rules.against.test is not None
    assert (rules.against.test.questions, rules.against.test.p_value) == (4, 1)
    assert rules.dialect.references == 4
    with pytest.raises(UsageError, match="No gold query is written in duckdb"):
        evaluate(EvalConfig(benchmark, "duckdb", baseline="gold"), Watching())


def test_the_report_is_for_scripts_for_people_and_for_the_screen(benchmark: Path, tmp_path: Path) -> None:
    sampled = {"count": [GOLD["count"], "SELECT 0"], "upper": ["SELECT '<b>|'", GOLD["upper"]]}
    config = EvalConfig(benchmark, "duckdb", predicted(tmp_path / "two.json", sampled))
    report = evaluate(replace(config, against=Path(first_evaluation(benchmark))), Watching())
    files = {suffix: (Path(report.directory) / f"report.{suffix}").read_text() for suffix in ("json", "md", "html")}
    assert json.loads(files["json"])["accuracy"]["questions"] == 4
    assert [(each.k, each.estimate.value) for each in report.pass_curve] == [(1, 1 / 4), (2, 2 / 4)]
    assert "| duckdb | all | 9 | 2 | 2 | 2 | 1 | 1 | 1 | 25.0 % " in files["md"]
    assert files["html"].count("<svg") == 3
    names = re.findall(r' id="([^"]*)"', files["html"])
    assert len(names) == len(set(names))
    assert "&lt;b&gt;|" in files["html"]
    assert "<b>" not in files["html"]
    assert not re.findall(r"<(?:link|script|img)|(?:src|href)=\"(?!#)|url\((?!#)", files["html"])
    screen = shown(report)
    assert "execution accuracy 25.0 % (" in screen
    assert "strictly 14.3 % of all 7 questions" in screen
    assert "pass@2  50.0 %" in screen
    assert "2 answers are missing" in screen
    assert "only B right, or more often" in screen
    assert f"report: {report.directory}/report.html" in screen
    assert f"--baseline rules --against {report.directory}" in screen


def first_evaluation(benchmark: Path) -> str:
    return evaluate(EvalConfig(benchmark, "sqlite", baseline="gold"), Watching()).directory


def test_an_evaluation_goes_on_where_it_was(benchmark: Path, tmp_path: Path) -> None:
    config = EvalConfig(benchmark, "sqlite", baseline="gold", limit=3, out=tmp_path / "out")
    few = Watching()
    evaluate(config, few)
    assert (few.started, len(few.graded)) == ((0, 3), 3)
    more = Watching()
    assert evaluate(replace(config, limit=None), more).accuracy.left_out == 3
    assert (more.started, len(more.graded)) == ((3, 7), 4)
    answers = tmp_path / "out" / "answers.jsonl"
    whole = answers.read_bytes()
    answers.write_bytes(whole[:-20])  # as a killed process leaves it
    again = Watching()
    evaluate(replace(config, limit=None), again)
    assert (again.started, again.databases, len(again.graded)) == ((6, 7), ["school"], 1)
    assert sorted(answers.read_bytes().splitlines()) == sorted(whole.splitlines())
    with pytest.raises(UsageError, match="differs in baseline, system:"):
        evaluate(replace(config, baseline="rules"), Watching())


def test_a_database_that_does_not_load_is_bad_gold(benchmark: Path) -> None:
    entries = json.loads((benchmark / "dev.json").read_text())
    entries += [{"id": "lost", "question": "?", "query": "SELECT 1", "db_id": "ruin"}]
    (benchmark / "dev.json").write_text(json.dumps(entries))
    (benchmark / "database" / "ruin.sqlite").write_text("no database at all")
    report = evaluate(EvalConfig(benchmark, "duckdb", baseline="sqlglot"), Watching())
    found = {each.id: each for each in read_evaluation(Path(report.directory))[1]}
    assert len(found) == len(entries)
    assert found["lost"].outcome == "bad_gold"
    assert (found["lost"].reason or "").startswith("the database does not load: ")


class Sampling:
    """A system of its own: two answers to each question, in an order of its own; fails after ``until`` of them."""

    name, identity, notes = "sampling", {"temperature": 1}, ("A note.",)

    def __init__(self, until: int) -> None:
        self._until = until
        self.asked: list[str] = []

    def samples(self, question: Question) -> range:
        return range(2)

    def answers(self, questions: Sequence[Question], arena: Arena) -> Iterator[Answer]:
        self.asked = [question.id for question in questions]
        assert [table.name for table in arena.engine.schema().tables] == ["pupil"]
        every = [Answer(q, sample, q.sql if sample else None) for sample in (1, 0) for q in questions[::-1]]
        yield from every[: self._until]
        if len(every) > self._until:
            raise RuntimeError("the model went away")


def test_any_system_may_answer_and_what_it_said_before_it_failed_is_kept(benchmark: Path) -> None:
    questions, config = read_question_set(benchmark), EvalConfig(benchmark, "sqlite", workers=1)
    failing = Sampling(until=8)
    with pytest.raises(RuntimeError, match="went away"):
        evaluate_system(config, questions, failing, Watching())
    assert failing.asked == [id_ for id_ in GOLD if id_ != "broken"]
    directory = Path("evals/school-set-sqlite-sampling")
    kept = len(read_evaluation(directory)[1])
    assert kept == 8 + 2  # those of the question with bad gold
    going_on, watching = Sampling(until=100), Watching()
    report = evaluate_system(config, questions, going_on, watching)
    assert watching.started == (kept, 14)
    assert len(watching.graded) == 14 - kept
    assert len(read_evaluation(directory)[1]) == 14
    assert report.accuracy.estimate.value == 1 / 2
    assert "A note." in report.notes


@pytest.mark.parametrize("moments", [(1, 60, 150)])
def test_a_killed_evaluation_loses_nothing_and_does_nothing_twice(
    benchmark: Path, tmp_path: Path, moments: tuple[int, ...]
) -> None:
    entries = [{"question": "?", "query": f"SELECT {n}, name FROM pupil", "db_id": "school"} for n in range(300)]
    (benchmark / "dev.json").write_text(json.dumps(entries))
    command = [sys.executable, "-m", "isogloss", "eval", str(benchmark), "--dialect", "sqlite", "--baseline", "gold"]
    answers = tmp_path / "killed" / "answers.jsonl"
    for count in moments:
        with subprocess.Popen(
            [*command, "--out", "killed"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            wait_for_lines(answers, count)
            os.kill(child.pid, signal.SIGKILL)
        assert answers.read_bytes().count(b"\n") < len(entries)
    for out in ("killed", "whole"):
        subprocess.run([*command, "--out", out], check=True, capture_output=True)
    found = [sorted((tmp_path / out / "answers.jsonl").read_text().splitlines()) for out in ("killed", "whole")]
    assert len(found[0]) == len(entries)
    assert found[0] == found[1]
    known = [json.loads(line)["id"] for line in (tmp_path / "killed" / "references.jsonl").read_text().splitlines()]
    assert sorted(known) == sorted(f"dev-{place}" for place in range(len(entries)))


def wait_for_lines(path: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.is_file() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.005)
    raise AssertionError("nothing was graded")


def test_bad_input_is_one_sentence(benchmark: Path, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "file").touch()
    sound = EvalConfig(benchmark, "sqlite", baseline="gold")
    for wrong in (
        replace(sound, baseline=None),
        replace(sound, predictions=tmp_path / "absent"),
        replace(sound, baseline=None, predictions=tmp_path / "absent"),
        replace(sound, baseline="silver"),
        replace(sound, dialect="klingon"),
        replace(sound, questions=tmp_path / "absent"),
        replace(sound, databases=tmp_path / "absent"),
        replace(sound, databases=tmp_path / "else"),
        replace(sound, out=tmp_path / "else"),
        replace(sound, out=tmp_path / "else" / "file"),
        replace(sound, against=tmp_path / "else"),
    ):
        with pytest.raises(UsageError) as caught:
            evaluate(wrong, Watching())
        assert "\n" not in str(caught.value)


def test_a_damaged_file_is_refused_rather_than_mended(benchmark: Path, tmp_path: Path) -> None:
    config = EvalConfig(benchmark, "sqlite", baseline="gold", out=tmp_path / "out")
    evaluate(config, Watching())
    answers = tmp_path / "out" / "answers.jsonl"
    whole = answers.read_text()
    for edited in ("no answer\n", '{"id": "count"}\n', "[]\n"):
        answers.write_text(edited + whole)
        with pytest.raises(UsageError, match="was changed"):
            evaluate(config, Watching())


def test_lines_tell_how_far_it_is() -> None:
    output = io.StringIO()
    progress = LineProgress(output)
    progress.on_start(1, 3)
    progress.on_database("school\x1b[2J")
    progress._said -= 3
    progress.on_answer(GradedAnswer("q", "school", "?", "", "sqlite", "sqlite", "easy", 0, "", "match"))
    progress.on_answer(GradedAnswer("r", "school", "?", "", "sqlite", "sqlite", "easy", 0, "", "match"))
    assert output.getvalue() == "2/3, 100 % match, school\n"


def test_from_the_command_line(benchmark: Path, tmp_path: Path) -> None:
    predicted(tmp_path / "mine.json", {"count": GOLD["count"], "nobody": "SELECT 1"})
    options = ["--dialect", "duckdb", "--predictions", "mine.json"]
    done = isogloss("eval", str(benchmark), *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "execution accuracy 25.0 %" in done.stdout
    assert "Not used of the predictions: unknown ids: 1 (first: nobody)." in done.stdout
    record = json.loads(isogloss("eval", str(benchmark), *options, "--json", cwd=tmp_path).stdout)
    assert (record["accuracy"]["questions"], record["left_out"]["bad_gold"]) == (4, 1)
    wrong = isogloss("eval", str(benchmark), "--dialect", "duckdb", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("error: Name one of --generator, --predictions and --baseline")


@pytest.mark.skipif(not SPIDER.is_dir(), reason="needs Spider")
def test_gold_of_spider_is_right_about_itself() -> None:
    report = evaluate(EvalConfig(SPIDER, "sqlite", baseline="gold", limit=25), Watching())
    assert report.accuracy.estimate.value == 1
    assert report.accuracy.questions + report.accuracy.left_out == 25
