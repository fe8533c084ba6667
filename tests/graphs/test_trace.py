"""The trace: clean, complete, readable by others while it is written."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.cleaning import Cleaner, strip_escapes
from isogloss.graphs.tracing.trace import Step, Trace
from isogloss.tools.errors import UsageError

ITEM = {
    "item": 0, "status": "kept", "reason": None, "repaired": 0, "attempts": 1, "question": "How many?",
    "sql": "SELECT 1", "seconds": 0.5, "pairs_end": 10, "attempts_end": 20,
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trace.sqlite"


def write(path: Path, *steps: Step, **changed: Any) -> None:
    with closing(Trace.create(path)) as trace:
        trace.append(ITEM | changed, steps, Cleaner())


def test_a_step_comes_back_as_it_was(path: Path) -> None:
    step = Step(
        "fill", 0.25, {"sql": "SELECT 1"}, "Fill this.", [{"id": "a", "score": 0.5}], "Done.", [{"name": "t"}],
        "SELECT 1", "error", "syntax", "near FROM", [[1, None]], 12, 3, 0.001,
    )  # fmt: skip
    write(path, step, Step("accept", 0.0, {}))
    with closing(Trace.read(path)) as trace:
        assert trace.steps(0) == [step, Step("accept", 0.0, {})]
        assert trace.steps(1) == []


def test_values_that_json_lacks_become_text(path: Path) -> None:
    write(path, Step("execute", 0.0, {}, rows=[[Decimal("1.50"), date(2024, 2, 29), b"\xff", float("nan"), True]]))
    with closing(Trace.read(path)) as trace:
        assert trace.steps(0)[0].rows == [["1.50", "2024-02-29", "ff", "nan", True]]


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPsixel\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("\x9b31mC1", "31mC1"),
        ("\x1b]unfinished", "unfinished"),
        ("over\rwritten", "overwritten"),
        ("tabs\tand\nlines", "tabs\tand\nlines"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
    ],
)
def test_terminal_sequences_are_stripped(dirty: str, clean: str) -> None:
    assert strip_escapes(dirty) == clean


@given(st.text(alphabet=st.sampled_from("\x1b\x9b\x07[]0;31mP\\? aé\ud800\n"), max_size=40))
def test_no_text_keeps_a_control_character(text: str) -> None:
    clean = strip_escapes(text)
    assert not [c for c in clean if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]
    assert strip_escapes(clean) == clean
    clean.encode()


def test_nothing_dirty_is_written(path: Path) -> None:
    dirty = "\x1b[2Jgone \ud800"
    write(
        path, Step(dirty, 0.0, {dirty: [dirty]}, dirty, [{"t": dirty}], dirty, error=dirty, rows=[[dirty]]), sql=dirty
    )
    with closing(sqlite3.connect(path)) as plain:
        for table in ("items", "steps"):
            assert "\x1b" not in str(plain.execute(f"SELECT * FROM {table}").fetchall())
        assert plain.execute("SELECT json_extract(delta, '$.*') FROM steps").fetchall() is not None


def test_secrets_are_redacted_longest_first() -> None:
    cleaner = Cleaner(["password", "password-and-more", "short"])
    assert cleaner.text("password-and-more, password, short") == "[redacted], [redacted], short"


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL_API_KEY", "PGPASSWORD", "HF_TOKEN"):
        monkeypatch.setenv(name, f"value-of-{name}")
    monkeypatch.setenv("PLAIN_SETTING", "a plain setting")
    text = "value-of-MODEL_API_KEY value-of-PGPASSWORD value-of-HF_TOKEN a plain setting"
    assert Cleaner().text(text) == "[redacted] [redacted] [redacted] a plain setting"


def test_passwords_in_urls_are_redacted() -> None:
    url = "postgresql://me:s3cret@host:5432/db"
    assert Cleaner().text(url) == "postgresql://me:[redacted]@host:5432/db"
    assert Cleaner().text("http://host:80/a@b at 10:30 me@host") == "http://host:80/a@b at 10:30 me@host"


def test_it_is_readable_while_it_is_written(path: Path) -> None:
    with closing(Trace.create(path)) as writer:
        writer.append(ITEM, [Step("fill", 0.1, {})], Cleaner())
        with closing(Trace.read(path)) as reader, closing(sqlite3.connect(path)) as other:
            rows = other.execute("SELECT item FROM item_summary")
            assert rows.fetchone() == (0,)
            writer.append(ITEM | {"item": 1}, [Step("fill", 0.1, {})], Cleaner())
            assert [row["item"] for row in reader.query("SELECT item FROM item_summary")] == [0, 1]


def test_an_item_is_written_whole_or_not_at_all(path: Path) -> None:
    with closing(Trace.create(path)) as trace:
        with pytest.raises(sqlite3.IntegrityError):
            trace.append(ITEM, [Step("fill", 0.1, {}), Step(None, 0.1, {})], Cleaner())  # type: ignore[arg-type]
        assert list(trace.query("SELECT * FROM items")) == []


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the sqlite3 shell is not installed")
def test_the_sqlite3_shell_reads_it(path: Path) -> None:
    write(path, Step("execute", 0.1, {}, error_class="syntax", tokens_in=5, tokens_out=2, cost=0.5))
    shell = subprocess.run(
        ["sqlite3", "-json", path, "SELECT * FROM item_summary"], capture_output=True, text=True, check=True
    )
    summary = json.loads(shell.stdout)[0]
    assert (summary["steps"], summary["error_class"], summary["tokens"], summary["cost"]) == (1, "syntax", 7, 0.5)


def test_what_is_no_trace_is_refused(tmp_path: Path, path: Path) -> None:
    with pytest.raises(UsageError, match="no trace"):
        Trace.read(tmp_path / "missing.sqlite")
    path.write_text("some text, long enough to be taken for a header of a database file" * 10)
    with pytest.raises(UsageError, match="Cannot read"):
        Trace.read(path)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(UsageError, match="not a trace"):
        Trace.read(tmp_path / "other.sqlite")
