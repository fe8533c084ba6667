"""The prompt that training, sampling and evaluation share, and the schema in it, which the engine itself must take."""

from typing import Any

import pytest
from isogloss.tools.dialect_schema import create_table, dialect_schema
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.extraction import extract_sql
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Table
from isogloss.tools.token_estimate import text_tokens
from isogloss.training.prompt_format import FORMAT, completion, completion_messages, prompt_for

from ..tools.engines_here import skip_if_missing

SCHEMA = "CREATE TABLE singer (\n  id INTEGER\n);"
STADIUM = Table("stadium", (Column("Id", ColumnType.INTEGER, nullable=False),), ("Id",))
SINGER = Table(
    "singer",
    (
        Column("id", ColumnType.INTEGER, nullable=False),
        Column("Name", ColumnType.TEXT, comment="stage name"),
        Column("order", ColumnType.INTEGER),
        Column("years active", ColumnType.DECIMAL),
        Column("stadium", ColumnType.INTEGER),
    ),
    ("id",),
    (ForeignKey(("stadium",), "stadium", ("Id",)),),
    "singer",
)


def test_the_words_of_this_format_stay() -> None:
    """Whoever changes them renames the format: models were trained in it."""
    prompt = prompt_for("duckdb", SCHEMA, "How many\nsingers?", "count all")
    assert FORMAT == "text-to-sql-1"
    assert prompt.messages == [
        {
            "role": "system",
            "content": "You answer questions about a database with queries in DuckDB SQL.",
        },
        {
            "role": "user",
            "content": f"{SCHEMA}\n\nHint: count all\nQuestion: How many singers?\n\n"
            "Reply with one DuckDB SQL query that answers it, and nothing else.",
        },
    ]
    assert prompt.plain == (
        f"-- Database (DuckDB)\n{SCHEMA}\n\n-- Hint: count all\n-- Question: How many singers?\n-- Query\n"
    )


def test_without_evidence_there_is_no_hint() -> None:
    prompt = prompt_for("sqlite", SCHEMA, "How many?")
    assert "Hint" not in prompt.plain + prompt.messages[1]["content"]


@pytest.mark.parametrize("sql", ["SELECT 1", "WITH a AS (SELECT 1 AS x) SELECT x FROM a"])
def test_a_completion_is_the_query_alone_and_is_read_back(sql: str) -> None:
    assert completion(f" {sql} ;\n") == sql
    assert completion_messages(f"{sql};") == [{"role": "assistant", "content": sql}]
    assert extract_sql(completion(sql), "sqlite") == sql


def test_an_unknown_dialect_is_bad_input() -> None:
    with pytest.raises(UsageError, match="unknown dialect"):
        prompt_for("klingon", SCHEMA, "How many?")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_question_leaves_its_comment(dialect: str) -> None:
    prompt = prompt_for(dialect, SCHEMA, "Who?\nDROP TABLE singer;", "x\ny")
    after = prompt.plain.partition(SCHEMA)[2].strip().splitlines()
    assert all(line.startswith("-- ") for line in after)


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_a_schema_is_written_as_its_dialect_has_it(dialect: str) -> None:
    samples: dict[tuple[str, str], list[Any]] = {("singer", "Name"): ["Bob's\n", "x" * 99]}
    written = create_table(SINGER, dialect, samples)
    mark = "`" if dialect == "mysql" else '"'
    assert f"  {mark}years active{mark} " in written
    assert f"  {mark}order{mark} " in written
    assert f"""  {'"Name"' if dialect == "postgres" else "Name"} """ in written
    assert r"""-- stage name e.g. ["Bob's\n", "xxxxx""" in written
    assert "x" * 41 not in written
    assert written.startswith("CREATE TABLE singer ( -- singer\n  id ")


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_the_engine_takes_the_schema(dialect: str) -> None:
    import sqlite3

    import duckdb

    script = "\n".join(create_table(table, dialect, {}) for table in (STADIUM, SINGER))
    if dialect == "sqlite":
        sqlite3.connect(":memory:").executescript(script)
    else:
        duckdb.connect(":memory:").execute(script)


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
def test_a_database_is_described_with_its_values_within_a_budget(dialect: str) -> None:
    skip_if_missing(dialect)
    with open_engine(dialect, "shop", workers=1) as engine:
        whole = dialect_schema(engine).about("")
        excerpt = dialect_schema(engine, 150).about("Which customers live in Oslo?")
        bare = dialect_schema(engine, values=0).about("")
    assert "CREATE TABLE products" in whole
    assert "FOREIGN KEY" in whole
    assert "e.g. [" in whole
    assert "e.g." not in bare
    assert text_tokens(excerpt) <= 150 < text_tokens(whole)
    assert "CREATE TABLE customers" in excerpt
