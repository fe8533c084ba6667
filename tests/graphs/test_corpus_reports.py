"""What the command line tells of corpora: what runs, what is covered, what differs, what taught a pair."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from isogloss.cli import app
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.console import PLAIN_TEXT
from isogloss.graphs.corpora import compare, coverage
from isogloss.graphs.corpus_checks import verify
from isogloss.graphs.corpus_reports_view import show_coverage, show_difference, show_origin, show_verification
from isogloss.graphs.corpus_why import item_of, origin
from isogloss.knowledge.corpus import add_corpus, load_corpus
from isogloss.tools.errors import UsageError
from rich.console import Console
from typer.testing import CliRunner

from .observers import Nobody

PAGE = """## Upper with UPPER
```sql
SELECT upper(name) FROM products;
```
## Lost
```sql
SELECT a FROM nowhere;
```
```sql
SELECT lower(nobody) FROM products;
```
## Mentioned
Call `soundex(x)` as you like.
"""


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    add_corpus("sqlite", "mine", [page], lambda *_: None)
    return page


def shown(show: Callable[[Console], None]) -> str:
    output = io.StringIO()
    show(Console(file=output, width=80, **PLAIN_TEXT))
    assert max(map(len, output.getvalue().splitlines())) <= 80
    return output.getvalue()


def test_what_does_not_run_is_summed_up_by_class() -> None:
    told: list[tuple[int, int]] = []
    found = verify("sqlite", "mine", lambda done, of: told.append((done, of)))
    assert (found.examples, found.ran, found.classes) == (3, 1, {"unknown_table": 1, "unknown_column": 1})
    assert told == [(1, 3), (2, 3), (3, 3)]
    text = shown(lambda console: show_verification(console, found, 1))
    assert "no such table: nowhere" in text
    assert "lower(nobody)" not in text  # beyond the limit
    assert "1 of 3 examples run" in text


def test_a_failing_example_is_told_by_the_exit_code_and_json() -> None:
    done = CliRunner().invoke(app, ["corpus", "verify", "sqlite", "--corpus", "mine", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["failures"][0]["what"] == "unknown_table"


def test_coverage_tells_taught_from_mentioned_and_missing() -> None:
    found = coverage("sqlite", "mine")
    functions, keywords = found.kinds
    assert {"UPPER", "LOWER"}.isdisjoint({*functions.missing, *functions.only_mentioned})
    assert "SOUNDEX" not in functions.missing
    assert "ABS" in functions.missing
    assert functions.listed == functions.taught + functions.mentioned + len(functions.missing)
    assert keywords.kind == "keywords"
    assert "WINDOW" in keywords.missing
    assert coverage("sqlite", "builtin").kinds[0].taught > functions.taught
    assert "missing functions" in shown(lambda console: show_coverage(console, found, 20))


def test_the_difference_is_told_both_ways_also_of_a_path(mine: Path) -> None:
    found = compare("sqlite", "builtin", str(mine))
    assert "UPPER" in compare("sqlite", "mine", "duckdb/builtin").first.only_keywords
    assert ("page.md", "Lost") in found.second.only_topics
    assert "IIF" in found.first.only_keywords
    assert "topics only in" in shown(lambda console: show_difference(console, found, 3))
    same = compare("sqlite", "builtin", "builtin")
    assert (same.first.only_topics, same.second.only_keywords) == ((), ())
    with pytest.raises(UsageError):
        compare("sqlite", "builtin", "absent")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    build(BuildConfig("sqlite", "shop", 6, out=path), Nobody())
    return path


def test_a_pair_is_led_back_to_the_snippet_that_taught_it(run: Path) -> None:
    lines = (run / "pairs.jsonl").read_text().splitlines()
    pair = next(pair for pair in map(json.loads, lines) if pair["taught_by"])
    found = origin(*item_of([str(run), pair["id"]]))
    assert found.teacher is not None
    assert found.teacher.id == pair["taught_by"]
    assert Path(found.teacher.file).is_file()
    assert [s.id for s in found.snippets if s.step == "retrieve"] == pair["snippets"]
    assert found.teacher.title in shown(lambda console: show_origin(console, found))
    assert origin(*item_of([str(run), pair["id"].rpartition("-")[2]])) == found


def test_a_pair_of_another_run_is_refused(run: Path) -> None:
    for named in ("duckdb-shop-0-1", "sqlite-shop-0-9999", "nonsense"):
        with pytest.raises(UsageError):
            origin(*item_of([str(run), named]))


def test_a_corpus_that_changed_since_is_said(run: Path, tmp_path: Path) -> None:
    record = json.loads((run / "run.json").read_text())
    changed = tmp_path / "changed"
    changed.mkdir()
    for file in run.iterdir():
        (changed / file.name).write_bytes(file.read_bytes())
    record["notes"]["lineage"]["corpus_hash"] = "0"
    (changed / "run.json").write_text(json.dumps(record))
    assert origin(changed, "0").corpus == "builtin, changed since"
    assert origin(run, "0").corpus == load_corpus("sqlite", "builtin").name
