"""SQL scripts as sources: split as their dialect's client does, run where they can do no harm."""

from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.errors import UsageError
from isogloss.tools.sources import open_source
from isogloss.tools.sources.script import Script
from isogloss.tools.sources.statements import statements

PARTS = st.lists(
    st.sampled_from(["SELECT 1", "'a;b'", "'it''s;'", '"x;y"', "/* ; */", "`a;b`", "x", "(1, 2)"]), min_size=1
)


@given(st.lists(PARTS.map(" ".join), min_size=1), st.sampled_from(["mysql", "oracle", "sqlite"]))
def test_joined_statements_split_again(parts: list[str], dialect: str) -> None:
    assert list(statements(";\n".join(parts), dialect)) == [part.strip() for part in parts]


def test_only_mysql_escapes_with_a_backslash() -> None:
    script = r"SELECT 'a\';b'; SELECT 2"
    assert list(statements(script, "mysql")) == [r"SELECT 'a\';b'", "SELECT 2"]
    assert next(statements(script, "oracle")) == r"SELECT 'a\'"


def test_mysql_scripts_may_change_the_delimiter() -> None:
    script = "SELECT 1;\nDELIMITER ;;\nCREATE TRIGGER t BEGIN SET @a = 1; END;;\nDELIMITER ;\nSELECT 2;"
    assert list(statements(script, "mysql")) == ["SELECT 1", "CREATE TRIGGER t BEGIN SET @a = 1; END", "SELECT 2"]


SCRIPTS = {
    "sqlite": "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO pets VALUES (1, 'a;b'), (2, NULL);",
    "duckdb": "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO pets VALUES (1, 'a;b'), (2, NULL);",
    "postgres": "CREATE TABLE pets (id integer PRIMARY KEY, name text);\nCOPY pets FROM stdin;\n1\ta;b\n2\t\\N\n\\.\n",
    "oracle": "CREATE TABLE pets (id NUMBER(10) PRIMARY KEY, name VARCHAR2(20));\n"
    "INSERT INTO pets VALUES (1, 'a;b');\nINSERT INTO pets VALUES (2, NULL);\nCOMMIT;",
    "bigquery": "CREATE TABLE pets (id INT64, name STRING); INSERT INTO pets VALUES (1, 'a;b'), (2, NULL);",
    "mysql": "CREATE TABLE `pets` (id INT PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB;\n"
    "INSERT INTO `pets` VALUES (1, 'a;b'), (2, NULL);",
}


@pytest.mark.parametrize("dialect", SCRIPTS)
def test_a_script_is_a_source(dialect: str, tmp_path: Path) -> None:
    script = tmp_path / "zoo.sql"
    script.write_text(SCRIPTS[dialect])
    with closing(open_source(str(script), dialect)) as source:
        assert source.schema().name == "zoo"
        assert [table.name for table in source.schema().tables] == ["pets"]
        assert sorted(source.rows("pets")) == [(1, "a;b"), (2, None)]


HOSTILE = {
    "sqlite": "ATTACH '{victim}' AS other; CREATE TABLE other.mine (a); CREATE TABLE t (a);",
    "duckdb": "CREATE TABLE t (a INT); COPY (SELECT 'x') TO '{victim}';",
    "postgres": "CREATE TABLE t (a int);\n\\! touch {victim}\nCOPY t TO '{victim}';\n"
    "COPY t TO PROGRAM 'touch {victim}';\n",
    "mysql": "CREATE TABLE t (a INT);\nSELECT 1 INTO OUTFILE '{victim}';\nsystem touch {victim};\n",
    "oracle": "CREATE TABLE t (a NUMBER);\nCOPY t TO '{victim}';\nHOST touch {victim}\n",
}


OVERREACHING = [
    "SET GLOBAL secure_file_priv = '/'",
    "CREATE USER other",
    "GRANT FILE ON *.* TO script_owner",
    "CREATE DATABASE IF NOT EXISTS oceanbase",  # where the server keeps what a user may do
    "UPDATE oceanbase.__all_user SET priv_file = 1",
    "CREATE TABLE mysql.fresh (a INT)",
    "CREATE DEFINER = root PROCEDURE p() SELECT 1",
]


def test_a_mysql_script_has_no_right_beyond_its_tables(tmp_path: Path) -> None:
    script = tmp_path / "evil.sql"
    theirs = "CREATE DATABASE `ocean_ase`; USE ocean_ase; CREATE TABLE t (a INT);"  # as a pattern, that one too
    script.write_text(f"{theirs}\n{';'.join(OVERREACHING)}")
    with closing(Script(script, "mysql")) as source:
        assert len(source.failures) == len(OVERREACHING), source.failures


def test_a_mysql_script_may_make_its_own_databases(tmp_path: Path) -> None:
    script = tmp_path / "zoo.sql"
    script.write_text(
        "DROP DATABASE IF EXISTS big_zoo;\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ `big_zoo`;\nUSE `big_zoo`;\n"
        "CREATE TABLE cages (id INT PRIMARY KEY);\nINSERT INTO big_zoo.cages VALUES (7);"
    )
    with closing(Script(script, "mysql")) as source:
        assert (source.failures, list(source.rows("cages"))) == ([], [(7,)])


@pytest.mark.parametrize("dialect", HOSTILE)
def test_a_script_reaches_nothing_else(dialect: str, tmp_path: Path) -> None:
    script, victim = tmp_path / "evil.sql", tmp_path / "victim"
    tmp_path.chmod(0o777)
    tmp_path.parent.chmod(0o777)
    script.write_text(HOSTILE[dialect].format(victim=victim))
    # The first error ends SQLite's script, so that no table comes of it.
    with pytest.raises(UsageError, match="makes no table") if dialect == "sqlite" else nullcontext():
        open_source(str(script), dialect).close()
    assert not victim.exists()


def test_a_script_needs_a_dialect_and_a_table(tmp_path: Path) -> None:
    script = tmp_path / "empty.sql"
    script.write_text("SELECT 1;")
    with pytest.raises(UsageError, match="of which dialect"):
        open_source(str(script))
    with pytest.raises(UsageError, match="makes no table"):
        open_source(str(script), "sqlite")


def test_line_comments_are_left_out_but_not_those_in_texts() -> None:
    script = "-- only; this\nSELECT '--x' -- and; this\n, 2;\n# and; this\nSELECT 3;\n--"
    assert list(statements(script, "mysql")) == ["SELECT '--x' \n, 2", "SELECT 3"]
