"""How comparisons look in a terminal and as JSON."""

import io
import json
from collections.abc import Iterator

import pytest
from isogloss.graphs.compare_view import comparison_record, show_comparison
from isogloss.graphs.console import PLAIN_TEXT, as_json
from isogloss.tools.compare import Comparison
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.query_comparison import compare_queries
from rich.console import Console


@pytest.fixture(scope="module")
def sessions() -> Iterator[tuple[Engine, Engine]]:
    with open_engine("sqlite", "shop", workers=1) as engine, engine.apart() as apart:
        yield engine, apart


def compared(sessions: tuple[Engine, Engine], gold: str, predicted: str) -> Comparison:
    engine, apart = sessions
    return compare_queries(engine, gold, predicted, apart=apart)


def shown(comparison: Comparison) -> list[str]:
    output = io.StringIO()
    show_comparison(Console(file=output, width=120, **PLAIN_TEXT), comparison, "SQLite 3")
    return [line.rstrip() for line in output.getvalue().splitlines()]


def test_a_match_says_how_columns_stand(sessions: tuple[Engine, Engine]) -> None:
    lines = shown(compared(sessions, "SELECT name, price FROM products", "SELECT price, name FROM products"))
    assert lines[0] == "permuted columns"
    assert lines[1].startswith("gold 30 rows of 2 columns in ")
    assert len(lines) == 2


def test_a_mismatch_shows_the_rows_that_one_side_has(sessions: tuple[Engine, Engine]) -> None:
    gold = "SELECT name, stock FROM products WHERE stock > 5"
    lines = shown(compared(sessions, gold, "SELECT stock, name FROM products"))
    assert lines[0] == "mismatch: 30 rows where gold has 29"
    assert [line.split() for line in lines[2:]] == [
        ["only", "in", "name", "stock"],
        ["prediction", "Fountain", "Pen", "4"],
    ]


def test_many_rows_are_cut_short(sessions: tuple[Engine, Engine]) -> None:
    lines = shown(compared(sessions, "SELECT name FROM products", "SELECT name FROM products WHERE stock < 0"))
    assert len(lines) == 9
    assert lines[-1].split() == ["gold", "…", "25", "more", "rows"]


def test_no_escape_reaches_the_terminal_or_the_record(sessions: tuple[Engine, Engine]) -> None:
    hostile = "SELECT name, CHAR(27) || '[31m' || CHAR(10) || 'x' AS \"\x1b[2Jy\" FROM products"
    comparison = compared(sessions, "SELECT name, category FROM products", hostile)
    other = compared(sessions, hostile, "SELECT name, category FROM products")
    for each in (comparison, other, compared(sessions, "SELECT 1", 'SELECT "\x1b[31mred"')):
        assert not any("\x1b" in line for line in shown(each))
        assert "\\u001b[" not in as_json(comparison_record(each, "SQLite 3", False))


def test_the_record_is_json_of_both_sides(sessions: tuple[Engine, Engine]) -> None:
    comparison = compared(sessions, "SELECT name FROM products ORDER BY name", "SELECT name FROM products LIMIT 29")
    record = json.loads(as_json(comparison_record(comparison, "SQLite 3", False)))
    assert (record["label"], record["outcome"], record["gold"]["rows"]) == ("mismatch", "mismatch", 30)
    assert record["only_in_gold"] == {"rows": 1, "first": [["Kite"]]}
    assert record["only_in_predicted"] == {"rows": 0, "first": []}
    assert record["notes"] == ["the prediction asks for no order: its rows came as they came"]
