"""Statements and what each engine must make of them, as data."""

from isogloss.tools.outcome import ErrorClass

# What a dialect's pattern table must recognise: dialect, statement, class.
ERRORS: list[tuple[str, str, ErrorClass]] = [
    *(
        (dialect, sql, error_class)
        for dialect in ("sqlite", "duckdb", "postgres")
        for sql, error_class in [
            ("SELEC 1", ErrorClass.SYNTAX),
            ("SELECT FROM WHERE", ErrorClass.SYNTAX),
            ("SELECT * FROM nowhere", ErrorClass.UNKNOWN_TABLE),
            ("SELECT missing FROM things", ErrorClass.UNKNOWN_COLUMN),
            ("SELECT t.missing FROM things AS t", ErrorClass.UNKNOWN_COLUMN),
            ("SELECT frobnicate(1)", ErrorClass.UNKNOWN_FUNCTION),
            ("SELECT name FROM things AS a, things AS b", ErrorClass.AMBIGUOUS),
            ("SELECT max(count(*)) FROM things", ErrorClass.GROUPING),
            ("SELECT name FROM things WHERE count(*) > 1", ErrorClass.GROUPING),
            ("SELECT 1 UNION SELECT 1, 2", ErrorClass.TYPE_MISMATCH),
        ]
    ),
    *(
        (dialect, sql, error_class)
        for dialect in ("duckdb", "postgres")
        for sql, error_class in [
            ("SELECT x.name FROM things AS t", ErrorClass.UNKNOWN_TABLE),
            ("SELECT name, count(*) FROM things", ErrorClass.GROUPING),
            ("SELECT rank() OVER () FROM things WHERE rank() OVER () = 1", ErrorClass.GROUPING),
            ("SELECT sum(name) FROM things", ErrorClass.TYPE_MISMATCH),
            ("SELECT name + 1 FROM things", ErrorClass.TYPE_MISMATCH),
            ("SELECT CAST('x' AS integer)", ErrorClass.INVALID_VALUE),
            ("SELECT DATE '2024-13-45'", ErrorClass.INVALID_VALUE),
            ("SELECT (SELECT thing_id FROM things)", ErrorClass.CARDINALITY),
        ]
    ),
    ("postgres", "SELECT round(CAST(1.5 AS double precision), 1)", ErrorClass.TYPE_MISMATCH),
    ("postgres", "SELECT group_concat(name) FROM things", ErrorClass.UNKNOWN_FUNCTION),
    ("postgres", "SELECT 1 / 0", ErrorClass.DIVISION_BY_ZERO),
    ("postgres", "SELECT repeat('x', 2000000000)", ErrorClass.RESOURCES),
    ("postgres", "SELECT CAST(1 AS frob)", ErrorClass.TYPE_MISMATCH),
    ("duckdb", "SELECT 1 // 0", ErrorClass.DIVISION_BY_ZERO),
    ("duckdb", "SELECT repeat('x', 3000000000)", ErrorClass.RESOURCES),
    ("duckdb", "SELECT 9223372036854775807 + 1", ErrorClass.INVALID_VALUE),
    ("sqlite", "SELECT abs(1, 2, 3)", ErrorClass.TYPE_MISMATCH),
    ("sqlite", "SELECT json('{')", ErrorClass.INVALID_VALUE),
]

# What the guard names: dialect, statement, rule.
REJECTED: list[tuple[str, str, str]] = [
    *(
        (dialect, sql, rule)
        for dialect in ("sqlite", "duckdb", "postgres")
        for sql, rule in [
            ("SELECT 1; SELECT 2", "one_statement"),
            ("SELECT 1; DROP TABLE things", "one_statement"),
            ("-- nothing", "one_statement"),
            ("DROP TABLE things", "read_only"),
            ("DELETE FROM things", "read_only"),
            ("INSERT INTO makers VALUES (9, 'x')", "read_only"),
            ("UPDATE things SET name = 'x'", "read_only"),
            ("CREATE TABLE fresh AS SELECT 1 AS a", "read_only"),
            ("BEGIN", "read_only"),
        ]
    ),
    ("postgres", "WITH gone AS (DELETE FROM things RETURNING *) SELECT * FROM gone", "read_only"),
    ("postgres", "SELECT 1 AS a INTO fresh", "read_only"),
    ("postgres", "COPY things TO '/tmp/things.csv'", "read_only"),
    ("postgres", "DO $$ BEGIN END $$", "read_only"),
    ("duckdb", "COPY things TO '/tmp/things.csv'", "read_only"),
    ("duckdb", "ATTACH '/tmp/other.duckdb'", "read_only"),
    ("duckdb", "SET threads = 4", "read_only"),
    ("duckdb", "INSTALL httpfs", "read_only"),
    ("sqlite", "ATTACH '/tmp/other.sqlite' AS other", "read_only"),
    ("sqlite", "PRAGMA writable_schema = 1", "read_only"),
]

# What only the session stops, being queries to look at: dialect, statement.
FORBIDDEN: list[tuple[str, str]] = [
    ("sqlite", "SELECT load_extension('x')"),
    ("sqlite", "SELECT * FROM pragma_table_info('things')"),
    ("duckdb", "SELECT * FROM read_csv('/etc/passwd')"),
    ("duckdb", "SELECT * FROM read_text('/etc/passwd')"),
    ("duckdb", "SELECT * FROM sniff_csv('/etc/passwd')"),
    ("duckdb", "SELECT * FROM glob('/*')"),
    ("postgres", "SELECT pg_read_file('/etc/passwd')"),
    ("postgres", "SELECT * FROM pg_ls_dir('/')"),
    ("postgres", "SELECT lo_create(1)"),
    ("postgres", "SELECT pg_terminate_backend(1)"),
    ("postgres", "SELECT pg_advisory_lock(1)"),
    ("postgres", "SELECT * FROM things FOR UPDATE"),
    ("postgres", "SELECT rolpassword FROM pg_authid"),
]

# Statements for a session without the guard in front of it.
WRITES = [
    "DROP TABLE things",
    "DELETE FROM things",
    "INSERT INTO makers VALUES (9, 'x')",
    "UPDATE things SET name = 'x'",
    "CREATE TABLE fresh (a integer)",
    "CREATE TEMPORARY TABLE fresh (a integer)",
    "SELECT 1; DROP TABLE things",
    "COMMIT; DROP TABLE things",
]

ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"

# What the engine itself cannot stop in time, or at all.
UNSTOPPABLE: list[tuple[str, str]] = [
    ("duckdb", "SELECT list_sum(range(1, 100000000))"),
    ("duckdb", "SELECT len(range(1, 50000000))"),
]

ONE_HUGE_CELL = {
    "sqlite": "SELECT hex(zeroblob(100000000))",
    "duckdb": "SELECT repeat('x', 20000000)",
    "postgres": "SELECT repeat('x', 20000000)",
}
MANY_ROWS = {
    "sqlite": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
    "duckdb": "SELECT * FROM range(1000000000)",
    "postgres": "SELECT generate_series(1, 1000000000)",
}
