"""Statements told from prompts and results in a block of code."""

import pytest
from isogloss.knowledge.statements import parts, queries_of

PSQL = """postgres=# SELECT numnode('a & b'::tsquery);
 numnode
---------
       3

SELECT
  name
FROM t;
INSERT 0 1
"""
MYSQL = """MariaDB [test]> SET @a = 1;
MariaDB [test]> SELECT @a
    -> FROM dual;
+------+
| @a   |
+------+
SELECT JSON_LOOSE(@a)\\G
*** 1. row ***
"""
BOXED = """SELECT 1 AS x

/*---*
 | x |
 *---*/
"""
BLOCKS = [
    (PSQL, ["SELECT numnode('a & b'::tsquery)", "SELECT\n  name\nFROM t"]),
    (MYSQL, ["SELECT @a\nFROM dual", "SELECT JSON_LOOSE(@a)"]),
    (BOXED, ["SELECT 1 AS x"]),
    ("-- why\nSELECT a; -- so\n/* b */ FROM t;", ["-- why\nSELECT a", "/* b */ FROM t"]),
    ("SELECT 'a\n| b |\n', c;", ["SELECT 'a\n| b |\n', c"]),
    ("CREATE FUNCTION f() AS $$\nSELECT 1;\n$$;\nTABLE t;", ["TABLE t"]),
    ("name (a, b)\n\nrows", []),
]


@pytest.mark.parametrize(("code", "queries"), BLOCKS)
def test_queries_are_whole_and_without_results(code: str, queries: list[str]) -> None:
    assert list(queries_of(code)) == queries


def test_results_stand_apart_and_queries_alone() -> None:
    assert [is_sql for is_sql, _ in parts(PSQL)] == [True, False, True, False]
    assert [text for _, text in parts("SET a;\nSET b;\nSELECT 1;\nSELECT 2;")] == [
        "SET a;\nSET b;",
        "SELECT 1;",
        "SELECT 2;",
    ]
