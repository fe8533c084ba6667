"""Stepping through an item: where the keys lead, and what is on the screen."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.cleaning import strip_escapes
from isogloss.graphs.tracing.bindings import BINDINGS, press
from isogloss.graphs.tracing.query import Story
from isogloss.graphs.tracing.screen import frame
from isogloss.graphs.tracing.stepper import Stepper
from isogloss.graphs.tracing.trace import Step
from rich.cells import cell_len

from ..command_line import isogloss
from .terminals import seen, terminal
from .traced_run import STEPS, item, make_run

STORY = Story(
    "sqlite",
    {**item(4, repaired=1, attempts=2), "tokens_in": 1200, "tokens_out": 34, "cost": 0.0021},
    [*STEPS[:-1], Step("repair", 0.1, {"sql": "SELECT \x1b[2J'日本語'"}, error="\x1b]0;owned\x07"), STEPS[-1]],
)
KEYS = sorted({key for binding in BINDINGS for key in binding.keys} - {"/"})


def screen(stepper: Stepper) -> str:
    return "\n".join(line.plain.rstrip() for line in frame(stepper))


def after(*keys: str, width: int = 80, height: int = 24) -> str:
    """Return the screen after some keys."""
    stepper = Stepper(STORY, width, height)
    for key in keys:
        frame(stepper)
        assert press(stepper, key)
    return screen(stepper)


@given(st.lists(st.sampled_from([*KEYS, "/", "z", "backspace", "resize"]), max_size=30))
def test_a_step_forward_and_back_leads_where_one_was(keys: list[str]) -> None:
    stepper = Stepper(STORY, height=9)
    for key in keys:
        frame(stepper)
        press(stepper, key)
    for key in ("escape", "escape"):  # no text is typed, no part is open
        press(stepper, key)
    before = screen(stepper)
    there, back = ("n", "p") if stepper.number < len(STORY.steps) - 1 else ("p", "n")
    press(stepper, there)
    assert screen(stepper) != before
    press(stepper, back)
    assert screen(stepper) == before


@given(
    st.lists(st.sampled_from([*KEYS, "/", "z", "e", "enter", "日"]), max_size=20),
    st.integers(1, 130),
    st.integers(1, 40),
)
def test_a_screen_fits_its_terminal_and_drives_it_nowhere(keys: list[str], width: int, height: int) -> None:
    stepper = Stepper(STORY, width, height)
    for key in keys:
        press(stepper, key)
        lines = frame(stepper)
        assert len(lines) == height
        assert all(line.cell_len <= width for line in lines)
        assert not [c for line in lines for c in line.plain if ord(c) < 32 or 127 <= ord(c) < 160]


def test_a_step_shows_what_came_of_it_first_and_the_prompt_in_brief() -> None:
    shown = after("n")
    assert "2/8 fill · openai:gpt-4.1-nano · 1.5 s · 1,200 + 34 tokens · $0.0021 ──" in shown
    names = [line[2:16].strip() for line in shown.splitlines()[2:-1] if line[2:16].strip()]
    assert names == ["sql", "changed", "tool calls", "reply", "prompt"]
    assert "▸ sql           SELECT nam" in shown
    assert "more characters" in shown
    assert "  · What name?" in shown


def test_rows_are_a_table_and_snippets_have_scores_and_files() -> None:
    table = after(*"nnnnn").splitlines()
    start = next(n for n, line in enumerate(table) if "first rows" in line)
    assert [line[16:] for line in table[start : start + 3]] == [
        "name        COUNT(*)",
        "American          14",
        "Ünited red      NULL",
    ]
    assert "snippets      0.900  names.md        Names of things" in after()
    assert "0.500  a_long_name.md  日本語の題" in after()


def test_a_part_opens_in_full_and_closes_again() -> None:
    opened = after("n", "up", *["down"] * 4, "s")
    assert "1 to 21 of" in opened
    assert "A line of the schema" in opened
    assert after("n", *["tab"] * 4, "right", "left") == after("n", *["tab"] * 4)
    bottom = after("n", *["tab"] * 4, "enter", "G")
    assert bottom.splitlines()[-2].endswith("zebra in it.")
    assert "names.md" in after("down", "s")
    assert "A name is a text." in after("down", "s")


def test_a_step_is_found_again_as_it_was_left() -> None:
    left = after("n", "down", "space", height=9)
    assert left != after("n", height=9)
    assert after("n", "down", "space", "n", "n", "p", "p", height=9) == left


def test_choosing_a_part_brings_it_into_view() -> None:
    assert "▸ prompt" in after("n", *["down"] * 9, height=10)
    assert "▸ sql" in after("n", *["down"] * 9, *["up"] * 9, height=10)


def test_e_leads_to_the_errors_and_says_when_there_is_none() -> None:
    assert "4/8 execute · error" in after("e")
    assert "unknown_column: no such column: nam" in after("e")
    assert "7/8 repair" in after("e", "e")
    assert "no error after this step" in after("e", "e", "e")
    assert after("e").splitlines()[0].endswith("···✗··✗·")


def test_a_text_is_found_in_all_steps() -> None:
    found = after("/", *"ZEBRa", "enter")
    assert "2/8 fill" in found
    assert "1 of 200: 'ZEBRa'" in found
    assert "zebra" in found
    assert "2 of 2: 'no such'" in after("/", "n", "o", "space", *"such", "enter", "[", "[", "[")
    assert "'walrus' is nowhere in this item" in after("/", *"walrus", "enter")
    assert "/wal" in after("/", *"walr", "backspace")
    assert after("/", *"wal", "escape") == after()
    assert "/ asks for a text" in after("]")


def test_hits_go_round_and_are_seen() -> None:
    stepper = Stepper(STORY)
    for key in ("/", *"zebra", "enter", "[", "["):
        press(stepper, key)
    lines = frame(stepper)
    assert "199 of 200" in lines[-1].plain
    hits = [line for line in lines if "reverse" in str([span.style for span in line.spans]) and "zebra" in line.plain]
    assert hits
    press(stepper, "]")
    press(stepper, "]")
    assert "1 of 200" in screen(stepper)


def test_the_difference_is_that_to_the_query_before() -> None:
    assert "There is no earlier query" in after("d")
    shown = after(*"nnnn", "d")
    assert "- SELECT nam" in shown
    assert "+ SELECT name, count(*)" in shown
    assert "changed nam to name" in shown
    assert "added   COUNT(*)" in shown
    assert after(*"nnnn", "d", "d") == after(*"nnnn")


def test_a_query_that_comes_back_is_compared_with_the_one_before_it() -> None:
    tried = [Step("repair", 0.1, {"sql": f"SELECT {n}"}) for n in (1, 2, 1)]
    assert Story("sqlite", {}, tried).versions_until(2) == ["SELECT 1", "SELECT 2", "SELECT 1"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    make_run(tmp_path / "runs" / "one", (item(0, repaired=1, attempts=2), STEPS))
    return tmp_path


def test_keys_drive_it_in_a_terminal(place: Path) -> None:
    with terminal(place, "trace", "step", "0") as screen:
        assert "1/7 retrieve" in strip_escapes(seen(screen, "quit"))
        for keys, until in [
            ("n", "2/7 fill"),
            ("\x1b[B\x1b[B\x1b[B\x1b[B", "▸ prompt"),
            ("\x1b[C", "1 to 21 of"),
            ("\x1b[D", "▸ prompt"),
            ("/no such column\r", "1 of "),
            ("]", "2 of "),
            ("\x1b", "s open"),
            ("g", "1/7 retrieve"),
            ("e", "4/7 execute"),
            ("/zébra", "/zébra"),
            ("\x7f\x7f\x7f\x7f\x7f\x7f", "? help"),
            ("?", "this help"),
        ]:
            os.write(screen, keys.encode())
            assert until in strip_escapes(seen(screen, until))


def test_lines_are_never_wider_than_the_terminal_there(place: Path) -> None:
    with terminal(place, "trace", "step", "0") as screen:
        seen(screen, "quit")
        os.write(screen, b"n")
        lines = strip_escapes(seen(screen, "quit")).splitlines()
    assert len(lines) <= 24
    assert max(map(cell_len, lines)) <= 80


@pytest.mark.parametrize(("settings", "colored"), [({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_only_colours_that_are_seen_on_dark_and_light(place: Path, settings: dict[str, str], colored: bool) -> None:
    with terminal(place, "trace", "step", "0", **settings) as screen:
        shown = seen(screen, "quit")
        for key in (b"n", b"G", b"p"):
            os.write(screen, key)
            shown += seen(screen, "quit")
    codes = {
        code for sequence in shown.split("\x1b[")[1:] if "m" in sequence for code in sequence.split("m")[0].split(";")
    }
    styles = {"0", "1", "2", "7", "49"}  # plain, bold, dim, reverse, the terminal's own background
    assert {"31", "36"} <= codes or not colored
    assert {c for c in codes if c.isdigit()} <= (styles | {"31", "32", "33", "35", "36"} if colored else styles)


def test_without_a_terminal_all_of_it_is_printed_plainly(place: Path) -> None:
    for command in ("step", "show"):
        done = isogloss("trace", command, "0", cwd=place, COLUMNS="80")
        assert (done.returncode, done.stderr) == (0, "")
        assert "\x1b" not in done.stdout
        assert "7/7 accept" in done.stdout
        assert "changed nam to name" in done.stdout
        assert "more characters" not in done.stdout
        assert max(map(cell_len, done.stdout.splitlines())) <= 80
        assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]
