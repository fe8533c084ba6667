"""Hostile statements on the ``shop`` database, by the rows of docs/threat-model.md.

``{secret}`` stands for a file that anyone may read, ``{out}`` for one in a folder where anyone may write: no
statement may return what is in the first, or make the second.
"""

from typing import NamedTuple

SQLITE, DUCKDB, POSTGRES, MYSQL, BIGQUERY, ORACLE = "sqlite", "duckdb", "postgres", "mysql", "bigquery", "oracle"
EVERY = (BIGQUERY, DUCKDB, MYSQL, ORACLE, POSTGRES, SQLITE)


class Attack(NamedTuple):
    """A statement that must be blocked in a dialect."""

    row: str
    dialect: str
    sql: str


def attacks(row: str, *statements: tuple[tuple[str, ...] | str, str]) -> list[Attack]:
    """Return the attacks of a row, one for each dialect a statement is given with."""
    return [
        Attack(row, dialect, sql)
        for dialects, sql in statements
        for dialect in ((dialects,) if isinstance(dialects, str) else dialects)
    ]


DDL = attacks(
    "ddl",
    (EVERY, "CREATE TABLE fresh (a INTEGER)"),
    (EVERY, "CREATE TABLE fresh AS SELECT * FROM orders"),
    (EVERY, "CREATE VIEW peek AS SELECT 1 AS a"),
    (EVERY, "CREATE INDEX i ON orders (status)"),
    (EVERY, "ALTER TABLE orders ADD COLUMN extra INTEGER"),
    (EVERY, "DROP TABLE order_lines"),
    (EVERY, "TRUNCATE TABLE order_lines"),
    (SQLITE, "CREATE VIRTUAL TABLE v USING fts5(x)"),
    (SQLITE, "CREATE TRIGGER t AFTER INSERT ON orders BEGIN DELETE FROM orders; END"),
    (SQLITE, "VACUUM INTO '{out}'"),
    (SQLITE, "REINDEX"),
    (DUCKDB, "CREATE MACRO m(a) AS a + 1"),
    (DUCKDB, "CREATE TYPE mood AS ENUM ('fine')"),
    (DUCKDB, "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')"),
    (DUCKDB, "CHECKPOINT"),
    (POSTGRES, "DO $$ BEGIN EXECUTE 'DROP TABLE order_lines'; END $$"),
    (POSTGRES, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    (POSTGRES, "ALTER SYSTEM SET statement_timeout = 0"),
    (POSTGRES, "CREATE ROLE evil SUPERUSER"),
    (POSTGRES, "COMMENT ON TABLE orders IS 'mine'"),
    (POSTGRES, "REINDEX TABLE orders"),
    (MYSQL, "CREATE DATABASE fresh"),
    (MYSQL, "DROP DATABASE isogloss"),
    (MYSQL, "RENAME TABLE orders TO gone"),
    (MYSQL, "CREATE PROCEDURE p() SELECT 1"),
    (MYSQL, "CREATE USER evil"),
    (MYSQL, "GRANT ALL ON *.* TO isogloss_reader"),
    (MYSQL, "ALTER SYSTEM SET memory_limit = '1G'"),
    (BIGQUERY, "CREATE OR REPLACE TABLE shop.orders AS SELECT 1 AS a"),
    (BIGQUERY, "DROP SCHEMA shop CASCADE"),
    (BIGQUERY, "CREATE TEMP FUNCTION f() AS (1)"),
    (BIGQUERY, "ALTER TABLE shop.orders SET OPTIONS (description = 'mine')"),
    (ORACLE, "BEGIN EXECUTE IMMEDIATE 'DROP TABLE order_lines'; END;"),
    (ORACLE, "DROP TABLE order_lines CASCADE CONSTRAINTS PURGE"),
    (ORACLE, "CREATE OR REPLACE PROCEDURE p AS BEGIN NULL; END;"),
    (ORACLE, "CREATE OR REPLACE DIRECTORY d AS '/etc'"),
    (ORACLE, "ALTER SYSTEM SET open_cursors = 1"),
    (ORACLE, "COMMENT ON TABLE orders IS 'mine'"),
)

DML = attacks(
    "dml",
    (EVERY, "INSERT INTO order_lines SELECT * FROM order_lines"),
    (EVERY, "UPDATE products SET price = 0 WHERE 1 = 1"),
    (EVERY, "DELETE FROM order_lines WHERE 1 = 1"),
    (
        (DUCKDB, POSTGRES, ORACLE, BIGQUERY),
        "MERGE INTO products p USING orders o ON (p.product_id = o.order_id) WHEN MATCHED THEN UPDATE SET price = 0",
    ),
    ((SQLITE, POSTGRES, DUCKDB), "DELETE FROM order_lines RETURNING order_id"),
    ((SQLITE, MYSQL), "REPLACE INTO orders SELECT * FROM orders"),
    ((SQLITE, POSTGRES, DUCKDB), "WITH o AS (SELECT 1 AS a) DELETE FROM order_lines WHERE 1 IN (SELECT a FROM o)"),
    (POSTGRES, "WITH gone AS (DELETE FROM order_lines RETURNING *) SELECT count(*) FROM gone"),
    (POSTGRES, "SELECT * INTO fresh FROM orders"),
    ((POSTGRES, DUCKDB), "EXPLAIN ANALYZE DELETE FROM order_lines"),
    ((POSTGRES, ORACLE), "SELECT * FROM orders FOR UPDATE"),
    (POSTGRES, "PREPARE p AS DELETE FROM order_lines"),
    (POSTGRES, "SELECT query_to_xml('DELETE FROM order_lines', true, true, '')"),
    (MYSQL, "HANDLER orders OPEN"),
    (MYSQL, "PREPARE p FROM 'DELETE FROM order_lines'"),
    (MYSQL, "CALL sys.execute_prepared_stmt('DELETE FROM order_lines')"),
    (MYSQL, "/*!50000 DELETE FROM order_lines */"),
    (MYSQL, "EXPLAIN ANALYZE DELETE FROM order_lines"),
    (BIGQUERY, "EXECUTE IMMEDIATE 'DELETE FROM order_lines WHERE true'"),
    (BIGQUERY, "CALL shop.p()"),
    (ORACLE, "CALL dbms_utility.exec_ddl_statement('DROP TABLE order_lines')"),
    (ORACLE, "EXPLAIN PLAN FOR DELETE FROM order_lines"),
)

SEVERAL = attacks(
    "several statements",
    (EVERY, "SELECT 1; DROP TABLE order_lines"),
    (EVERY, "SELECT ';' FROM orders; DELETE FROM order_lines WHERE 1 = 1"),
    (EVERY, "/* ; */ SELECT 1 FROM orders;; DELETE FROM order_lines WHERE 1 = 1"),
    (EVERY, "SELECT 1 FROM orders -- harmless\n; DROP TABLE order_lines"),
    (EVERY, "COMMIT; DROP TABLE order_lines"),
    (EVERY, "ROLLBACK; BEGIN; DELETE FROM order_lines WHERE 1 = 1; COMMIT"),
    (EVERY, "DROP TABLE order_lines; SELECT 1 FROM orders"),
    (EVERY, "COMMIT"),
    ((SQLITE, POSTGRES, MYSQL, ORACLE), "SAVEPOINT s"),
    ((SQLITE, POSTGRES, DUCKDB), "END"),
    (POSTGRES, "SELECT $$;$$; DROP TABLE order_lines"),
    (POSTGRES, "SET TRANSACTION READ WRITE"),
    (MYSQL, "SELECT 1 /*! ; DROP TABLE order_lines */"),
    (MYSQL, "SET SESSION TRANSACTION READ WRITE"),
    (MYSQL, "DELIMITER //"),
    (ORACLE, "SET TRANSACTION READ WRITE"),
)

OTHER_DATABASES = attacks(
    "other databases",
    (SQLITE, "ATTACH '{out}' AS other"),
    (SQLITE, "ATTACH '{secret}' AS other"),
    (SQLITE, "DETACH main"),
    (DUCKDB, "ATTACH '{out}'"),
    (DUCKDB, "USE memory"),
    (DUCKDB, "EXPORT DATABASE '{out}'"),
    (DUCKDB, "COPY FROM DATABASE memory TO main"),
    (POSTGRES, "SELECT * FROM dblink('dbname=postgres user=postgres', 'DROP TABLE order_lines') AS t(a text)"),
    (POSTGRES, "CREATE EXTENSION dblink"),
    (POSTGRES, "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw"),
    (MYSQL, "USE mysql"),
    (MYSQL, "SELECT * FROM mysql.user"),
    (MYSQL, "SELECT * FROM `mysql` . `user`"),
    (MYSQL, "CREATE TABLE f (a INT) ENGINE = FEDERATED CONNECTION = 'mysql://root@localhost/mysql/user'"),
    (BIGQUERY, "SELECT * FROM EXTERNAL_QUERY('p.us.c', 'SELECT 1')"),
    (BIGQUERY, "SELECT * FROM `other-project.secrets.passwords`"),
    (ORACLE, "SELECT * FROM orders@remote"),
    (ORACLE, "CREATE DATABASE LINK remote CONNECT TO scott IDENTIFIED BY tiger USING 'db'"),
    (ORACLE, "SELECT utl_http.request('http://127.0.0.1/') FROM dual"),
    (ORACLE, "SELECT httpuritype('http://127.0.0.1/').getclob() FROM dual"),
)

SETTINGS = attacks(
    "settings",
    (SQLITE, "PRAGMA writable_schema = 1"),
    (SQLITE, "PRAGMA hard_heap_limit = 0"),
    (SQLITE, "PRAGMA query_only"),
    (SQLITE, "SELECT * FROM pragma_database_list"),
    (DUCKDB, "SET memory_limit = '100GB'"),
    (DUCKDB, "SET enable_external_access = true"),
    (DUCKDB, "PRAGMA threads = 8"),
    (DUCKDB, "RESET memory_limit"),
    (DUCKDB, "SET VARIABLE a = 1"),
    (POSTGRES, "SET statement_timeout = 0"),
    (POSTGRES, "SET SESSION AUTHORIZATION postgres"),
    (POSTGRES, "SET ROLE postgres"),
    (POSTGRES, "RESET ALL"),
    (POSTGRES, "DISCARD ALL"),
    (POSTGRES, "SELECT set_config('temp_file_limit', '-1', false)"),
    (MYSQL, "SET SESSION ob_query_timeout = 100000000"),
    (MYSQL, "SET GLOBAL secure_file_priv = '/'"),
    (MYSQL, "SET @@session.max_execution_time = 0"),
    (BIGQUERY, "SET @@query_label = 'a:b'"),
    (ORACLE, "ALTER SESSION SET nls_date_format = 'YYYY'"),
    (ORACLE, "SET ROLE dba"),
)

FILES = attacks(
    "files and programs",
    (SQLITE, "SELECT load_extension('{secret}')"),
    (SQLITE, "SELECT readfile('{secret}')"),
    (SQLITE, "SELECT writefile('{out}', 'x')"),
    (SQLITE, "SELECT fts3_tokenizer('simple')"),
    (SQLITE, ".read {secret}"),
    (DUCKDB, "SELECT * FROM read_csv('{secret}', header = false)"),
    (DUCKDB, "SELECT * FROM '{secret}'"),
    (DUCKDB, "SELECT * FROM read_text('{secret}')"),
    (DUCKDB, "SELECT * FROM read_blob('{secret}')"),
    (DUCKDB, "SELECT * FROM read_json('{secret}')"),
    (DUCKDB, "SELECT * FROM sniff_csv('{secret}')"),
    (DUCKDB, "SELECT * FROM glob('{secret}')"),
    (DUCKDB, "SELECT * FROM parquet_scan('{secret}')"),
    (DUCKDB, "SELECT getenv('HOME')"),
    (DUCKDB, "COPY (SELECT 1) TO '{out}'"),
    (DUCKDB, "COPY orders FROM '{secret}'"),
    (DUCKDB, "INSTALL httpfs"),
    (DUCKDB, "LOAD httpfs"),
    (DUCKDB, "FORCE INSTALL httpfs FROM 'http://127.0.0.1/'"),
    (POSTGRES, "SELECT pg_read_file('{secret}')"),
    (POSTGRES, "SELECT pg_read_binary_file('{secret}')"),
    (POSTGRES, "SELECT pg_stat_file('{secret}')"),
    (POSTGRES, "SELECT * FROM pg_ls_dir('/')"),
    (POSTGRES, "SELECT lo_import('{secret}')"),
    (POSTGRES, "SELECT lo_export(1, '{out}')"),
    (POSTGRES, "COPY orders TO '{out}'"),
    (POSTGRES, "COPY orders FROM '{secret}'"),
    (POSTGRES, "COPY (SELECT 1) TO PROGRAM 'touch {out}'"),
    (POSTGRES, "COPY orders FROM PROGRAM 'touch {out}'"),
    (POSTGRES, "COPY orders TO STDOUT"),
    (POSTGRES, "LOAD '{secret}'"),
    (POSTGRES, "\\! touch {out}"),
    (MYSQL, "SELECT load_file('{secret}')"),
    (MYSQL, "SELECT LOAD_FILE /* x */ ('{secret}')"),
    (MYSQL, "SELECT 1 INTO OUTFILE '{out}'"),
    (MYSQL, "SELECT 'x' INTO DUMPFILE '{out}'"),
    (MYSQL, "SELECT name INTO /* x */ OUTFILE '{out}' FROM products"),
    (MYSQL, "LOAD DATA INFILE '{secret}' INTO TABLE orders"),
    (MYSQL, "LOAD DATA LOCAL INFILE '{secret}' INTO TABLE orders"),
    (MYSQL, "INSTALL PLUGIN p SONAME 'p.so'"),
    (MYSQL, "system touch {out}"),
    (BIGQUERY, "EXPORT DATA OPTIONS (uri = '{out}', format = 'CSV') AS SELECT 1"),
    (BIGQUERY, "LOAD DATA INTO shop.orders FROM FILES (format = 'CSV', uris = ['{secret}'])"),
    (BIGQUERY, "CREATE EXTERNAL TABLE t OPTIONS (format = 'CSV', uris = ['{secret}'])"),
    (BIGQUERY, "CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js AS 'return 1'"),
    (ORACLE, "SELECT to_clob(bfilename('D', '{secret}')) FROM dual"),
    (ORACLE, "SELECT * FROM EXTERNAL ((a VARCHAR2(9)) TYPE oracle_loader LOCATION ('{secret}'))"),
    (ORACLE, "SELECT pg_read_file('{secret}') FROM dual"),
    (ORACLE, "SELECT dbms_xslprocessor.read2clob('D', '{secret}') FROM dual"),
    (ORACLE, "HOST touch {out}"),
)

LEFTOVERS = attacks(
    "leftovers and locks",
    ((SQLITE, DUCKDB, POSTGRES, MYSQL), "CREATE TEMPORARY TABLE fresh (a INTEGER)"),
    ((SQLITE, DUCKDB, POSTGRES), "CREATE TEMP TABLE fresh AS SELECT 1 AS a"),
    ((SQLITE, DUCKDB, POSTGRES), "CREATE TEMP VIEW fresh AS SELECT 1 AS a"),
    (POSTGRES, "SELECT 1 AS a INTO TEMP fresh"),
    (POSTGRES, "DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
    (POSTGRES, "LISTEN c"),
    (POSTGRES, "SELECT pg_notify('c', 'x')"),
    (POSTGRES, "LOCK TABLE orders"),
    (POSTGRES, "SELECT pg_advisory_lock(1)"),
    (POSTGRES, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"),
    (POSTGRES, "SELECT pg_reload_conf()"),
    (POSTGRES, "SELECT rolpassword FROM pg_authid"),
    (MYSQL, "LOCK TABLES orders WRITE"),
    (MYSQL, "KILL 1"),
    (MYSQL, "SHUTDOWN"),
    (MYSQL, "FLUSH TABLES"),
    (BIGQUERY, "CREATE TEMP TABLE fresh (a INT64)"),
    (BIGQUERY, "DECLARE a INT64"),
    (ORACLE, "CREATE GLOBAL TEMPORARY TABLE fresh (a NUMBER)"),
    (ORACLE, "LOCK TABLE orders IN EXCLUSIVE MODE"),
)

ATTACKS = [*DDL, *DML, *SEVERAL, *OTHER_DATABASES, *SETTINGS, *FILES, *LEFTOVERS]
