"""The labelled battery: pairs of results as data, and the label each must get."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from isogloss.tools.canonical import STRICT, Rules
from isogloss.tools.compare import Label

Rows = list[tuple[Any, ...]]
EXACT, PERMUTED, SUPERSET = Label.EXACT, Label.PERMUTED, Label.SUPERSET
MISMATCH, VACUOUS = Label.MISMATCH, Label.VACUOUS
ORACLE, SQLITE = Rules(empty_is_null=True), Rules(dates_in_text=True)
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))
ID = "6b3c9c5e-3d4c-4d2a-9a65-0d8a6f3f1a11"


class Case(NamedTuple):
    """``ranks``: the place of each of gold's rows, equal for ties; None if their order is free."""

    name: str
    gold: Rows
    predicted: Rows
    label: Label
    ranks: list[int] | None = None
    rules: Rules = STRICT


ROWS = [
    Case("row order is free", [(1,), (2,)], [(2,), (1,)], EXACT),
    Case("a duplicate lost", [(1,), (1,)], [(1,)], MISMATCH),
    Case("a duplicate added", [(1,), (2,)], [(1,), (2,), (2,)], MISMATCH),
    Case("a duplicate moved", [(1,), (1,), (2,)], [(1,), (2,), (2,)], MISMATCH),
    Case("a row lost", [(1,), (2,)], [(1,)], MISMATCH),
    Case("both empty prove nothing", [], [], VACUOUS),
    Case("nothing but NULL proves nothing", [(None,)], [(None,)], VACUOUS),
    Case("empty against something", [], [(1,)], MISMATCH),
    Case("something against empty", [(1,)], [], MISMATCH),
    Case("empty against NULL", [], [(None,)], MISMATCH),
]

ORDER = [
    Case("order violated", [(1,), (2,)], [(2,), (1,)], MISMATCH, [0, 1]),
    Case("order kept", [(1,), (2,)], [(1,), (2,)], EXACT, [0, 1]),
    Case("ties are free", [("a", 1), ("b", 1), ("c", 2)], [("b", 1), ("a", 1), ("c", 2)], EXACT, [0, 0, 1]),
    Case("a row out of its tie", [("a",), ("b",), ("c",)], [("a",), ("c",), ("b",)], MISMATCH, [0, 0, 1]),
    Case(
        "ties in permuted columns", [("a", 1), ("b", 1), ("c", 2)], [(1, "b"), (1, "a"), (2, "c")], PERMUTED, [0, 0, 1]
    ),
    Case("order violated in permuted columns", [("a", 1), ("b", 2)], [(2, "b"), (1, "a")], MISMATCH, [0, 1]),
    Case("columns told apart by the order alone", [(1, 2), (2, 1)], [(2, 1), (1, 2)], PERMUTED, [0, 1]),
    Case("NULL first where gold has it last", [(1,), (None,)], [(None,), (1,)], MISMATCH, [0, 1]),
]

COLUMNS = [
    Case("columns permuted", [(1, "a"), (2, "b")], [("a", 1), ("b", 2)], PERMUTED),
    Case("values re-paired across rows", [(1, 2), (3, 4)], [(1, 4), (3, 2)], MISMATCH),
    Case("a column more", [(1,), (2,)], [(1, "x"), (2, "y")], SUPERSET),
    Case("a column more, in front", [("x", 1), ("y", 2)], [(1, 0, "x"), (2, 0, "y")], SUPERSET),
    Case("a column more that repeats rows", [(1,)], [(1, "x"), (1, "y")], MISMATCH),
    Case("a column more, the rest re-paired", [(1, 2), (3, 4)], [(1, 4, 0), (3, 2, 0)], MISMATCH),
    Case("a column less", [(1, 2)], [(1,)], MISMATCH),
    Case("the same column twice", [(1, 1), (2, 2)], [(1, 1), (2, 2)], EXACT),
    Case("the same column twice against two", [(1, 1), (2, 2)], [(1, 2), (2, 1)], MISMATCH),
    Case("the same column twice against once", [(1, 1), (2, 2)], [(1, 0), (2, 0)], MISMATCH),
]

NUMBERS = [
    Case("0.3 and 0.1 + 0.2", [(0.3,)], [(0.1 + 0.2,)], EXACT),
    Case("at the edge of a rounding step", [(0.1234567895,)], [(0.12345678949999999,)], EXACT),
    Case("sums of decimals and floats", [(Decimal("1234.5"), 1)], [(1, 1234.5000000001)], PERMUTED),
    Case("decimal, integer and float", [(Decimal("30.00"), 30)], [(30, 30.0)], EXACT),
    Case("a decimal with trailing zeros", [(Decimal("2.50"),)], [(Decimal("2.5"),)], EXACT),
    Case("minus zero", [(0.0, 1)], [(-0.0, 1)], EXACT),
    Case("true is 1 where there is no boolean", [(True,), (False,)], [(1,), (Decimal(0),)], EXACT),
    Case("true is not 2", [(True,)], [(2,)], MISMATCH),
    Case("true is not its text", [(True,)], [("true",)], MISMATCH),
    Case("rounded differently", [(2.35,)], [(2.3,)], MISMATCH),
    Case("0.50 and 0.5045", [(0.5,)], [(0.5045,)], MISMATCH),
    Case("long keys are exact", [(12345678901,)], [(12345678902,)], MISMATCH),
    Case("long whole decimals are exact", [(Decimal(12345678901),)], [(12345678902,)], MISMATCH),
    Case("long keys with a float between", [(12345678901, 1)], [(12345678902, 12345678901.5)], MISMATCH),
    Case("no chain of near floats", [(1.0,), (1 + 9e-10,)], [(1 + 18e-10,), (1 + 9e-10,)], MISMATCH),
    Case("the nearest of near floats", [(1.0,), (1 + 8e-10,)], [(1.0,), (1 + 101e-11,)], EXACT),
    Case("infinity and NaN", [(float("inf"), float("nan"))], [(Decimal("Infinity"), Decimal("NaN"))], EXACT),
    Case("NaN is not its text", [(float("nan"),)], [("nan",)], MISMATCH),
    Case("text is not a number", [("1",)], [(1,)], MISMATCH),
]  # fmt: skip

TEXTS = [
    Case("NULL is not 0", [(None,), (1,)], [(0,), (1,)], MISMATCH),
    Case("NULL is not the empty text", [(None,), ("x",)], [("",), ("x",)], MISMATCH),
    Case("NULL is the empty text in Oracle", [(None,), ("x",)], [("",), ("x",)], EXACT, rules=ORACLE),
    Case("NULL is NULL", [(None, 1)], [(None, 1)], EXACT),
    Case("case counts", [("Ada",)], [("ada",)], MISMATCH),
    Case("CHAR is padded", [("ab   ",), ("abcde",)], [("ab",), ("abcde",)], EXACT),
    Case("blanks in text of any length count", [("ab ",), ("abcde",)], [("ab",), ("abcde",)], MISMATCH),
    Case("blanks in front count", [(" ab",)], [("ab",)], MISMATCH),
    Case("a blank is not the empty text", [(" ",)], [("",)], MISMATCH),
    Case("a UUID and its text", [(UUID(ID),)], [(ID,)], EXACT),
    Case("bytes are bytes", [(b"\x00",)], [(memoryview(b"\x00"),)], EXACT),
    Case("bytes are not text", [(b"a",)], [("a",)], MISMATCH),
]

TIMES = [
    Case("a date and its midnight", [(date(2024, 5, 1),)], [(datetime.fromisoformat("2024-05-01"),)], EXACT),
    Case("a date and its noon", [(date(2024, 5, 1),)], [(datetime.fromisoformat("2024-05-01 12:00"),)], MISMATCH),
    Case("one moment in two zones", [(NOON,)], [(NOON.astimezone(EAST),)], EXACT),
    Case("one clock in two zones", [(NOON,)], [(NOON.replace(tzinfo=EAST),)], MISMATCH),
    Case("no zone is UTC", [(NOON,)], [(NOON.replace(tzinfo=None),)], EXACT),
    Case("a time of day as a span", [(time(12, 30),)], [(timedelta(hours=12, minutes=30),)], EXACT),
    Case("a time of day in two zones", [(time(12, tzinfo=UTC),)], [(time(14, tzinfo=EAST),)], EXACT),
    Case("spans of days", [(timedelta(days=2),)], [(timedelta(hours=48),)], EXACT),
    Case("a date is not its text", [(date(2024, 5, 1),)], [("2024-05-01",)], MISMATCH),
    Case("a date is its text in SQLite", [(date(2024, 5, 1),)], [("2024-05-01",)], EXACT, rules=SQLITE),
    Case("a moment is its text in SQLite", [(NOON,)], [("2024-05-01 12:00:00",)], EXACT, rules=SQLITE),
    Case("a number is no date in SQLite", [("20240501",)], [(date(2024, 5, 1),)], MISMATCH, rules=SQLITE),
]

NESTED = [
    Case("lists in order", [([1, 2],)], [([2, 1],)], MISMATCH),
    Case("a list and a tuple", [([1, None],)], [((1, None),)], EXACT),
    Case("near numbers in lists", [([0.3, 1],)], [([0.1 + 0.2, 1],)], EXACT),
    Case("objects in any order of keys", [({"a": 1, "b": [2]},)], [({"b": [2.0], "a": 1},)], EXACT),
    Case("near numbers in objects", [({"a": [{"b": 0.3}]},)], [({"a": [{"b": Decimal("0.3000000000001")}]},)], EXACT),
    Case("objects with another key", [({"a": 1},)], [({"b": 1},)], MISMATCH),
    Case("an empty list is not NULL", [([],)], [(None,)], MISMATCH),
    Case("dates in lists", [([date(2024, 5, 1)],)], [([datetime.fromisoformat("2024-05-01")],)], EXACT),
    Case("moments in objects", [({"at": NOON},)], [({"at": NOON.astimezone(EAST)},)], EXACT),
]

CASES = [*ROWS, *ORDER, *COLUMNS, *NUMBERS, *TEXTS, *TIMES, *NESTED]
