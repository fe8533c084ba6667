"""Excerpts of a schema: within their budget, about what is asked, and whole where they fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.agents.schema_excerpt import SchemaText
from isogloss.agents.schema_text import read_schema, render_schema, render_table
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Schema, Table
from isogloss.tools.token_estimate import text_tokens

_SUBJECTS = ["pilot", "flight", "airport", "invoice", "customer", "payment", "plane", "seat", "ticket", "crew"]


def _table(number: int) -> Table:
    """Return table ``number``: a key, a reference to the table before it, and columns about its subject."""
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    columns = [Column(f"{subject}_id", ColumnType.INTEGER, nullable=False)]
    columns += [Column(f"{subject}_{word}", ColumnType.TEXT) for word in ("name", "remark", "city", "street", "code")]
    keys: tuple[ForeignKey, ...] = ()
    if number:
        before = _SUBJECTS[(number - 1) % len(_SUBJECTS)]
        columns.append(Column(f"{before}_id", ColumnType.INTEGER))
        keys = (ForeignKey((f"{before}_id",), f"{before}s", (f"{before}_id",)),)
    return Table(f"{subject}s", tuple(columns), (f"{subject}_id",), keys)


SCHEMA = Schema("air", tuple(map(_table, range(len(_SUBJECTS)))))
WHOLE = render_schema(SCHEMA)
WIDEST = max(text_tokens(render_table(t, {})) for t in SCHEMA.tables)
ONE = WIDEST + text_tokens(", ".join(t.name for t in SCHEMA.tables))  # the names of the others are told too


@pytest.mark.parametrize("tokens", [None, text_tokens(WHOLE)])
def test_what_fits_is_shown_whole(tokens: int | None) -> None:
    assert SchemaText(SCHEMA, {}, tokens).about("anything") == WHOLE


@given(st.integers(ONE, text_tokens(WHOLE)), st.text("pilotsfgh ._", max_size=60), st.integers(0, 10_000))
@settings(deadline=None)
def test_an_excerpt_keeps_its_budget_and_is_a_schema(tokens: int, asked: str, variation: int) -> None:
    text = SchemaText(SCHEMA, {}, tokens).about(asked, variation)
    told = text.partition("-- further tables")[2]
    assert text_tokens(text) <= tokens + len(SCHEMA.tables)
    shown = read_schema(text)
    names = {table.name for table in shown.tables}
    assert names
    assert all(key.referred_table in names for table in shown.tables for key in table.foreign_keys)
    assert all((table.name in told) != (table.name in names) for table in SCHEMA.tables)
    assert set(shown.tables) <= {*SCHEMA.tables} | {_without_keys(t, names) for t in SCHEMA.tables}


def _without_keys(table: Table, names: set[str]) -> Table:
    keys = tuple(key for key in table.foreign_keys if key.referred_table in names)
    return Table(table.name, table.columns, table.primary_key, keys)


@pytest.mark.parametrize("table", [t.name for t in SCHEMA.tables])
def test_a_table_that_is_named_is_shown(table: str) -> None:
    text = SchemaText(SCHEMA, {}, ONE).about(f"SELECT count(*) FROM {table}")
    assert [found.name for found in read_schema(text).tables] == [table]


def test_neighbours_come_before_strangers() -> None:
    text = SchemaText(SCHEMA, {}, 2 * WIDEST + ONE).about("SELECT 1 FROM invoices")
    assert {table.name for table in read_schema(text).tables} == {"airports", "invoices", "customers"}


def test_words_in_common_count() -> None:
    text = SchemaText(SCHEMA, {}, ONE).about("Which seat codes are there?")
    assert [found.name for found in read_schema(text).tables] == ["seats"]


def test_variations_come_to_see_every_table() -> None:
    excerpt = SchemaText(SCHEMA, {}, ONE)
    seen = {table.name for number in range(200) for table in read_schema(excerpt.about("", number)).tables}
    assert seen == {table.name for table in SCHEMA.tables}
    assert excerpt.about("", 7) == excerpt.about("", 7)


def test_of_a_table_too_wide_keys_and_what_is_asked_stay() -> None:
    columns = tuple(Column(f"measure_{n}", ColumnType.FLOAT) for n in range(500))
    wide = Table("wide", (*columns, Column("wide_id", ColumnType.INTEGER, nullable=False)), ("wide_id",))
    [cut] = read_schema(SchemaText(Schema("w", (wide,)), {}, 300).about("measure_432 by wide")).tables
    names = [column.name for column in cut.columns]
    assert {"wide_id", "measure_432"} <= set(names)
    assert 5 < len(names) < 60
