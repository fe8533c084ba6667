"""Oracle: the stand-in's gate and rewriting against what Oracle's documentation says, and the path to a real server."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.engines.oracle_standin import Catalog, Kind, OracleError, StoredTable, rewritten
from isogloss.tools.engines.oracle_standin.gate import rules
from isogloss.tools.engines.oracle_standin.signatures import oracle_functions, signatures
from isogloss.tools.engines.session import UnsupportedError
from isogloss.tools.memory_source import small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome

from .oracle_cases import ERRORS, ROWS, UNSURE

CATALOG: Catalog = {"T": StoredTable("t", {"A": ("a", Kind.NUMBER), "B": ("b", Kind.TEXT)})}


@pytest.fixture(scope="module")
def shop() -> Iterator[Engine]:
    with open_engine("oracle", "shop", workers=1, limits=Limits(seconds=5)) as engine:
        yield engine


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    with open_engine("oracle", small(), workers=1) as engine:
        yield engine


def test_a_table_of_ones_own_may_be_called_like_a_view_of_the_data_dictionary() -> None:
    catalog: Catalog = {"ALL_DOCUMENTS": StoredTable("all_documents", {"A": ("a", Kind.NUMBER)})}
    assert "all_documents" in rewritten("SELECT a FROM all_documents", catalog).sql
    with pytest.raises(UnsupportedError):
        rewritten("SELECT a FROM all_tables", catalog)


def test_it_says_that_it_stands_in(shop: Engine) -> None:
    assert shop.stand_in
    assert shop.version.startswith("Oracle stand-in on PostgreSQL 1")


@pytest.mark.parametrize(("sql", "rows"), ROWS)
def test_rows_are_oracles(shop: Engine, sql: str, rows: list[tuple[Any, ...]]) -> None:
    execution = shop.execute(sql)
    assert execution.outcome is Outcome.RUNS, execution.error
    assert list(execution.rows) == rows


@pytest.mark.parametrize(("sql", "error_class", "code"), ERRORS)
def test_errors_are_oracles(shop: Engine, sql: str, error_class: ErrorClass, code: str) -> None:
    execution = shop.execute(sql)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, error_class), execution
    assert str(execution.error).startswith(f"{code}: ")


@pytest.mark.parametrize("sql", UNSURE)
def test_what_is_not_sure_is_no_error(shop: Engine, sql: str) -> None:
    execution = shop.execute(sql)
    assert execution.outcome is Outcome.UNSUPPORTED, execution
    assert execution.error


def test_values_are_stored_as_oracle_has_them(memory: Engine) -> None:
    execution = memory.execute("SELECT * FROM things ORDER BY thing_id")
    assert execution.columns[:3] == ("THING_ID", "MAKER_ID", "NAME")
    first, empty, orphan = execution.rows
    assert first[:5] == (1, 1, 'quo"ted, \\N and\nmore', Decimal("12.345"), 1.5)
    assert first[5:7] == (datetime(2024, 2, 29), "23:59:01")  # noqa: DTZ001 - has no zone
    assert first[9:] == (1, b"\x00\xff", 2**40, "7")
    assert empty[1:] == (None,) * 12
    assert orphan[2] is None  # '' is NULL


def test_names_without_quotes_are_upper_case(shop: Engine) -> None:
    execution = shop.execute('SELECT Name, city "Town", COUNT(*) OVER () FROM Customers WHERE customer_id = 1')
    assert execution.columns == ("NAME", "Town", "COUNT(*)OVER()")


def test_every_rule_names_its_source() -> None:
    assert all(rule.code.startswith("ORA-") and rule.message for rule in rules())
    assert all(rule.source.startswith("https://docs.oracle.com/") for rule in rules())


def test_every_template_is_a_function_of_oracle() -> None:
    assert set(signatures()) <= oracle_functions()
    for forms in signatures().values():
        assert len({len(form.parameters) for form in forms}) == len(forms)


def test_the_data_files_are_tables() -> None:
    for name in ("rules.tsv", "functions.tsv"):
        text = files("isogloss.tools.engines.oracle_standin").joinpath(name).read_text(encoding="utf-8")
        widths = {len(row) for row in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)}
        assert widths == {4}


def test_what_is_rewritten_is_postgresqls() -> None:
    for sql in (
        "SELECT a FROM t WHERE ROWNUM <= 3",
        "SELECT b || a x FROM t ORDER BY x",
        "SELECT SYSDATE - 1 FROM dual",
    ):
        sqlglot.parse_one(rewritten(sql, CATALOG).sql, read="postgres")


_WORDS = (
    "SELECT FROM WHERE a b t ( ) , . * + - / = < > <> || 'x' '' 1 2.5 NULL AND OR NOT IN EXISTS BETWEEN LIKE "
    "CASE WHEN THEN ELSE END GROUP BY ORDER HAVING COUNT(*) NVL( ROWNUM LEVEL CONNECT START WITH PRIOR UNION "
    "ALL MINUS DUAL AS x JOIN ON USING (+) FETCH FIRST ROWS ONLY OVER PARTITION PIVOT FOR INTERVAL DATE "
    "'2024-01-01' TO_CHAR( DISTINCT SUM( LATERAL"
).split()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=14))
def test_any_words_are_rewritten_or_refused(words: list[str]) -> None:
    with suppress(OracleError, UnsupportedError):
        rewritten(" ".join(["SELECT", *words]), CATALOG)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(numerator=st.integers(-(10**6), 10**6), denominator=st.integers(1, 10**6))
def test_division_keeps_forty_digits(shop: Engine, numerator: int, denominator: int) -> None:
    [(quotient,)] = shop.execute(f"SELECT ({numerator}) / {denominator} FROM dual").rows
    assert abs(Decimal(quotient) * denominator - numerator) < Decimal(1).scaleb(-30)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31)), st.integers(-100, 100))  # noqa: DTZ001 - have no zone
def test_days_added_are_days_between(shop: Engine, moment: datetime, days: int) -> None:
    whole = moment.replace(microsecond=0)
    said = f"TO_DATE('{whole:%Y-%m-%d %H:%M:%S}', 'YYYY-MM-DD HH24:MI:SS')".replace(
        f"'{whole:%Y}", f"'{whole.year:04d}"
    )
    [row] = shop.execute(f"SELECT {said} + ({days}), ({said} + ({days})) - {said} FROM dual").rows
    assert row == (whole + timedelta(days=days), days)


def test_a_server_that_is_not_there_is_one_clear_sentence() -> None:
    pytest.importorskip("oracledb")
    from isogloss.tools.engines.oracle_server_session import OracleSession

    with pytest.raises(ConnectionError) as caught:
        OracleSession("oracle+oracledb://scott:t1ger-secret@127.0.0.1:1/?service_name=orcl", Limits())
    assert "127.0.0.1" in str(caught.value)
    assert "t1ger-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
