"""How the grammar model writes names, and what it does not ask twice."""

import random

import pytest
import sqlglot
from isogloss.agents.grammar.fill import CannotFill, begin, finish
from isogloss.agents.grammar.names import name_outputs
from isogloss.tools.identifiers import natural_identifier
from isogloss.tools.schema import Column, ColumnType, Schema, Table

HALVES = (
    "SELECT t1.text_1 AS out_1 FROM table_1 AS t1 WHERE t1.text_1 = :value_1 {} "
    "SELECT t2.text_1 AS out_2 FROM table_1 AS t2 WHERE t2.text_1 = :value_2"
)


def named(sql: str, seed: int = 0) -> str:
    return name_outputs(sqlglot.parse_one(sql, read="sqlite"), random.Random(seed)).sql("sqlite")


@pytest.mark.parametrize(
    ("name", "dialect", "written"),
    [
        ("Days_held", "sqlite", "Days_held"),
        ("Days_held", "mysql", "Days_held"),
        ("Days_held", "bigquery", "Days_held"),
        ("Days_held", "duckdb", "Days_held"),
        ("Days_held", "postgres", '"Days_held"'),
        ("Days_held", "oracle", '"Days_held"'),
        ("days_held", "oracle", "days_held"),
        ("ORDER", "sqlite", '"ORDER"'),
        ("Days held", "mysql", "`Days held`"),
    ],
)
def test_a_name_is_quoted_only_where_it_would_be_read_otherwise(name: str, dialect: str, written: str) -> None:
    assert natural_identifier(name, dialect).sql(dialect) == written


def test_the_only_table_of_a_query_mostly_goes_without_alias() -> None:
    sql = "SELECT t1.Name FROM Ship AS t1 WHERE t1.Tonnage > 5"
    written = [named(sql, seed) for seed in range(100)]
    assert set(written) == {
        "SELECT Name FROM Ship WHERE Tonnage > 5",
        "SELECT s.Name FROM Ship AS s WHERE s.Tonnage > 5",
    }
    assert 60 <= sum(" AS " not in each for each in written) <= 90


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT s.Name FROM Ship AS s JOIN Fleet AS f ON s.Fleet = f.Id",
        "SELECT s.Name FROM Ship AS s WHERE s.Id IN (SELECT s2.Id FROM Ship AS s2)",
        "SELECT s.Ship FROM Ship AS s",  # in PostgreSQL the name of the table is a row
        "SELECT LOWER(s.Name) AS name FROM Ship AS s ORDER BY s.Name",  # the output would be ordered by
    ],
)
def test_an_alias_stays_where_a_name_would_be_in_doubt(sql: str) -> None:
    assert {named(sql, seed) for seed in range(20)} == {sql}


def test_an_output_named_as_its_column_needs_no_alias() -> None:
    sql = "SELECT d.out_1, d.out_2 FROM (SELECT s.Event AS out_1, s2.event AS out_2 FROM a AS s JOIN b AS s2) AS d"
    assert "(SELECT a.Event, b.event AS event2 FROM" in named(sql) or "(SELECT a.Event AS Event2, b.event" in named(sql)


@pytest.mark.parametrize("operation", ["UNION", "EXCEPT", "INTERSECT"])
def test_a_query_is_not_combined_with_itself(operation: str) -> None:
    schema = Schema("fleet", (Table("ship", (Column("name", ColumnType.TEXT),)),))
    filling = begin(HALVES.format(operation), "postgres", schema, random.Random(0))
    with pytest.raises(CannotFill, match="came out the same"):
        finish(filling, {("ship", "name"): ["Argo"]})
    filling = begin(HALVES.format(operation), "postgres", schema, random.Random(0))
    assert operation in finish(filling, {("ship", "name"): ["Argo", "Beagle"]}).sql("postgres")
