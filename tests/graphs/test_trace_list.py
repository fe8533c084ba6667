"""Lists of items: what is chosen, in which order, and how it looks."""

import io
from pathlib import Path

import pytest
from isogloss.graphs.tracing.list_view import show_items
from isogloss.graphs.tracing.query import Listing, Selection, list_items
from isogloss.graphs.tracing.trace import Step
from isogloss.tools.errors import UsageError
from rich.cells import cell_len
from rich.console import Console

from ..command_line import isogloss
from .traced_run import item, make_run

FREE = Step("execute", 0.1, {}, sql="SELECT 1", outcome="runs", model="grammar")
FAILED = Step(
    "execute", 0.1, {}, outcome="error", error_class="unknown_column", error="no such column", model="grammar"
)
PAID = Step("fill", 2.0, {}, model="openai:gpt-4.1-nano", tokens_in=1200, tokens_out=34, cost=0.0021)
UNPRICED = Step("fill", 150.0, {}, model="ollama:qwen", tokens_in=10, tokens_out=1, cost=None)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(
        tmp_path / "runs" / "one",
        (item(0, seconds=3.0), [FREE]),
        (item(1, status="rejected", reason="vacuous", attempts=2, seconds=1.0), [FREE]),
        (item(2, repaired=1, attempts=3, seconds=2.0, sql="SELECT 1 UNION SELECT 2"), [FAILED, FREE]),
        (item(3, status="rejected", reason="critic: wrong", question=None), []),
    )


def chosen(run: Path, **asked: object) -> list[int]:
    return [row["item"] for row in list_items(run, Selection(**asked)).items]  # type: ignore[arg-type]


def shown(listing: Listing, width: int = 80, color: bool = False) -> str:
    file = io.StringIO()
    show_items(
        Console(file=file, width=width, force_terminal=color, color_system="standard" if color else None), listing
    )
    return file.getvalue()


def test_items_are_chosen_and_sorted(run: Path) -> None:
    assert chosen(run) == [0, 1, 2, 3]
    assert chosen(run, limit=2) == [2, 3]
    assert chosen(run, where="'UNION' in sql and attempts > 2") == [2]
    assert chosen(run, where="error == 'unknown_column'", status="rejected") == []
    assert chosen(run, where="not repaired", reason="VAC", status="rejected") == [1]
    assert chosen(run, repaired=True) == [2]
    assert chosen(run, sort="seconds", limit=3) == [3, 1, 2]
    assert chosen(run, sort="-attempts") == [2, 1, 0, 3]
    assert chosen(run, sort="-reason") == [1, 3, 0, 2]
    with pytest.raises(UsageError, match=r"has no 'second': it has item, .*seconds"):
        chosen(run, sort="second")


def test_how_many_match_is_told(run: Path) -> None:
    assert list_items(run, Selection(limit=1, status="kept")).matching == 2
    assert "1 of 2 items · model grammar" in shown(list_items(run, Selection(limit=1, status="kept")))
    assert shown(list_items(run, Selection(where="item > 9"))) == "0 of 0 items\n"


def test_columns_that_are_empty_are_left_out(run: Path) -> None:
    head, *lines = shown(list_items(run, Selection(limit=3)), width=120).splitlines()
    assert head.split() == ["item", "status", "outcome", "error", "attempts", "model", "time", "reason,", "question"]
    assert lines[0].split() == ["1", "rejected", "runs", "2", "grammar", "1.0", "s", "vacuous", "·", "Question", "1?"]
    assert lines[1].split()[:5] == ["2", "repaired", "runs", "unknown_column", "3"]
    head = shown(list_items(run, Selection(limit=1, status="kept", where="item == 0"))).splitlines()[0]
    assert head.split() == ["item", "status", "outcome", "attempts", "time", "reason,", "question"]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    long = "Wie heißen 日本語 \x1b[2J" * 20
    items = [(item(n + 100_000, question=long, repaired=n % 2), [FAILED, PAID, UNPRICED]) for n in range(3)]
    listing = list_items(make_run(tmp_path, *items, (item(9), [PAID, FAILED])), Selection())
    told = shown(listing, width)
    assert max(map(cell_len, told.splitlines())) <= width
    assert "\x1b" not in told
    for said in ("100001  repaired", "unknown_col", "$?", "1,245", "Wie heißen"):
        assert said in told
    assert ("no room for model" in told) == (width < 100)
    assert ("250 ms" in told) == (width > 60)


def test_colours_are_those_of_the_status_and_none_without_a_terminal(run: Path) -> None:
    listing = list_items(run, Selection())
    colored = shown(listing, color=True)
    for status in ("\x1b[32mkept", "\x1b[33mrepaired", "\x1b[31mrejected"):
        assert status in colored
    assert "\x1b" not in shown(listing)


def test_the_command_filters_sorts_and_refuses(run: Path) -> None:
    place = run.parent.parent
    done = isogloss("trace", "list", "--where", "attempts >= 2 or error", "--sort", "-attempts", cwd=place)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["item", "2", "1", "2"]
    refused = isogloss("trace", "list", "--where", "eror == 'x'", cwd=place)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1
    assert "An item has no 'eror': it has item, status" in refused.stderr
