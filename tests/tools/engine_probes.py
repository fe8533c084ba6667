"""Statements on the small database of ``memory_source`` and what each engine must make of them, as data."""

from isogloss.tools.outcome import ErrorClass

from .engines_here import one

_E = ErrorClass
EVERY = ("bigquery", "duckdb", "mysql", "oracle", "postgres", "sqlite")
_STRICT = ("bigquery", "duckdb", "mysql", "oracle", "postgres")

# What a dialect's pattern table must recognise: dialect, statement, class.
ERRORS: list[tuple[str, str, ErrorClass]] = [
    *(
        (dialect, sql, error_class)
        for dialect in EVERY
        for sql, error_class in [
            ("SELEC 1", _E.SYNTAX),
            ("SELECT FROM WHERE", _E.SYNTAX),
            ("SELECT * FROM nowhere", _E.UNKNOWN_TABLE),
            ("SELECT missing FROM things", _E.UNKNOWN_COLUMN),
            ("SELECT t.missing FROM things t", _E.UNKNOWN_COLUMN),
            (one(dialect, "frobnicate(1)"), _E.UNKNOWN_FUNCTION),
            ("SELECT name FROM things a, things b", _E.AMBIGUOUS),
            ("SELECT max(count(*)) FROM things", _E.GROUPING),
            ("SELECT name FROM things WHERE count(*) > 1", _E.GROUPING),
            ("SELECT thing_id FROM things UNION ALL SELECT thing_id, big FROM things", _E.TYPE_MISMATCH),
        ]
    ),
    *(
        (dialect, sql, error_class)
        for dialect in _STRICT
        for sql, error_class in [
            ("SELECT name, count(*) FROM things", _E.GROUPING),
            ("SELECT thing_id FROM things WHERE rank() OVER (ORDER BY thing_id) = 1", _E.GROUPING),
            ("SELECT (SELECT thing_id FROM things) FROM makers", _E.CARDINALITY),
        ]
    ),
    *(
        (dialect, sql, error_class)
        for dialect in ("duckdb", "postgres")
        for sql, error_class in [
            ("SELECT x.name FROM things AS t", _E.UNKNOWN_TABLE),
            ("SELECT sum(name) FROM things", _E.TYPE_MISMATCH),
            ("SELECT name + 1 FROM things", _E.TYPE_MISMATCH),
            ("SELECT CAST('x' AS integer)", _E.INVALID_VALUE),
            ("SELECT DATE '2024-13-45'", _E.INVALID_VALUE),
        ]
    ),
    ("postgres", "SELECT round(CAST(1.5 AS double precision), 1)", _E.TYPE_MISMATCH),
    ("postgres", "SELECT group_concat(name) FROM things", _E.UNKNOWN_FUNCTION),
    ("postgres", "SELECT 1 / 0", _E.DIVISION_BY_ZERO),
    ("postgres", "SELECT repeat('x', 2000000000)", _E.RESOURCES),
    ("postgres", "SELECT CAST(1 AS frob)", _E.TYPE_MISMATCH),
    ("duckdb", "SELECT 1 // 0", _E.DIVISION_BY_ZERO),
    ("duckdb", "SELECT repeat('x', 3000000000)", _E.RESOURCES),
    ("duckdb", "SELECT 9223372036854775807 + 1", _E.INVALID_VALUE),
    ("sqlite", "SELECT abs(1, 2, 3)", _E.TYPE_MISMATCH),
    ("sqlite", "SELECT json('{')", _E.INVALID_VALUE),
    ("sqlite", "SELECT " + "(" * 2000 + "1" + ")" * 2000, _E.RESOURCES),
    ("mysql", "SELECT DATE '2024-02-30'", _E.INVALID_VALUE),
    ("mysql", "SELECT length(repeat('x', 1000000000))", _E.RESOURCES),
    ("mysql", "SELECT count(*) FROM things WHERE thing_id IN (SELECT thing_id, name FROM things)", _E.TYPE_MISMATCH),
    ("bigquery", "SELECT DIV(1, 0)", _E.DIVISION_BY_ZERO),
    ("bigquery", "SELECT CAST('x' AS INT64)", _E.INVALID_VALUE),
    ("bigquery", "SELECT name = 1 FROM things", _E.TYPE_MISMATCH),
    ("bigquery", "SELECT REPEAT('x', 3000000000)", _E.RESOURCES),
    ("oracle", "SELECT 1 / 0 FROM dual", _E.DIVISION_BY_ZERO),
    ("oracle", "SELECT to_number('12a') FROM dual", _E.INVALID_VALUE),
    ("oracle", "SELECT coalesce(thing_id, 'none') FROM things", _E.TYPE_MISMATCH),
]

# The classes of errors that a dialect's statements cannot have on this engine, or that nothing here brings about.
LACKING: dict[str, set[ErrorClass]] = {
    "bigquery": {_E.PERMISSION},  # there is nothing that one may not read
    "duckdb": set(),
    "mysql": {_E.DIVISION_BY_ZERO},  # NULL
    "oracle": {_E.RESOURCES, _E.PERMISSION},  # the stand-in knows no function that could
    "postgres": set(),
    "sqlite": {_E.DIVISION_BY_ZERO, _E.CARDINALITY},  # NULL; the first row
}

# What the guard names: dialect, statement, rule.
REJECTED: list[tuple[str, str, str]] = [
    *(
        (dialect, sql, rule)
        for dialect in EVERY
        for sql, rule in [
            ("SELECT 1; SELECT 2", "one_statement"),
            ("SELECT 1; DROP TABLE things", "one_statement"),
            ("-- nothing", "one_statement"),
            ("DROP TABLE things", "read_only"),
            ("DELETE FROM things", "read_only"),
            ("INSERT INTO makers VALUES (9, 'x')", "read_only"),
            ("UPDATE things SET name = 'x'", "read_only"),
            ("CREATE TABLE fresh AS SELECT 1 AS a", "read_only"),
            ("COMMIT", "read_only"),
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

# What only the session stops, being queries to look at: dialect, statement, class.
FORBIDDEN: list[tuple[str, str, ErrorClass]] = [
    (dialect, sql, _E.PERMISSION)
    for dialect, sql in [
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
        ("mysql", "SELECT * FROM things FOR UPDATE"),
    ]
]

# What must run: dialect, a query for a lone 1.
QUERIES: list[tuple[str, str]] = [
    *((dialect, "SELECT 1 FROM makers WHERE name LIKE '%c%'") for dialect in EVERY),
    *((dialect, "WITH a AS (SELECT maker_id AS n FROM makers) SELECT min(n) FROM a") for dialect in EVERY),
    *((dialect, f"{one(dialect)} {'INTERSECT DISTINCT' if dialect == 'bigquery' else 'INTERSECT'} {one(dialect)}")
      for dialect in EVERY),
    *((dialect, f"{one(dialect)};") for dialect in sorted(set(EVERY) - {"oracle"})),
    *((dialect, f"/* a; b */ {one(dialect)} -- ; c") for dialect in EVERY),
    *((dialect, "VALUES (1)") for dialect in ("duckdb", "postgres", "sqlite")),
    *((dialect, "(SELECT 1) LIMIT 1") for dialect in ("bigquery", "duckdb", "mysql", "postgres")),
    ("mysql", "VALUES ROW(1)"),
    ("bigquery", "FROM makers |> WHERE maker_id = 1 |> SELECT maker_id"),
    ("bigquery", "SELECT AS STRUCT 1"),
    ("oracle", "SELECT count(*) FROM (SELECT * FROM makers WHERE rownum = 1)"),
    ("duckdb", "FROM (SELECT 1)"),
    ("duckdb", "SELECT 1 FROM (PIVOT makers ON name USING count(*) GROUP BY maker_id) LIMIT 1"),
    ("sqlite", "SELECT value FROM json_each('[1]')"),
]  # fmt: skip

# What one statement may not leave for the next: dialect, statement, query, its value before and after.
LEAKS: list[tuple[str, str, str, object]] = [
    ("postgres", "SELECT set_config('search_path', 'nowhere', false)", "SELECT count(*) FROM things", 3),
    ("postgres", "SELECT set_config('timezone', 'Asia/Tokyo', false)", "SELECT current_setting('timezone')", "UTC"),
    ("postgres", "SELECT set_config('default_transaction_read_only', 'off', false)",
     "SELECT current_setting('default_transaction_read_only')", "on"),
    ("mysql", "SELECT @a := 1", "SELECT @a", None),
    ("mysql", "SELECT 1; SET time_zone = '+09:00'", "SELECT @@time_zone", "+00:00"),
    ("sqlite", "CREATE TEMP TABLE fresh (a)", "SELECT count(*) FROM sqlite_temp_master", 0),
    ("duckdb", "CREATE TEMP TABLE fresh (a INT)", "SELECT count(*) FROM duckdb_tables() WHERE temporary", 0),
    ("duckdb", "SET threads = 7", "SELECT current_setting('threads')", 1),
    ("bigquery", "CREATE TEMP TABLE fresh (a INT64)", "SELECT count(*) FROM things", 3),
    ("oracle", "ALTER SESSION SET nls_date_format = 'YYYY'",
     "SELECT to_char(max(made_on), 'YYYY-MM-DD') FROM things", "2024-02-29"),
]  # fmt: skip

# Statements for a session without the guard in front of it.
WRITES = [
    "DROP TABLE things",
    "DELETE FROM things WHERE 1 = 1",
    "INSERT INTO makers VALUES (9, 'x')",
    "UPDATE things SET name = 'x' WHERE 1 = 1",
    "CREATE TABLE fresh (a integer)",
    "CREATE TEMPORARY TABLE fresh (a integer)",
    "SELECT 1; DROP TABLE things",
    "COMMIT; DROP TABLE things",
]

_ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
_MANY = ", ".join(f"things t{n}" for n in range(21))
_SUM = " + ".join(f"t{n}.thing_id" for n in range(21))

# What runs far longer than any limit; seekdb and BigQuery stop a recursion by themselves.
_CROSS_JOIN = f"SELECT count(*) FROM {_MANY} WHERE {_SUM} < 0"
RUNAWAY = {
    "bigquery": _CROSS_JOIN,
    "duckdb": f"{_ENDLESS} SELECT count(*) FROM r",
    "mysql": _CROSS_JOIN,
    "oracle": _CROSS_JOIN,
    "postgres": f"{_ENDLESS} SELECT count(*) FROM r",
    "sqlite": f"{_ENDLESS} SELECT count(*) FROM r",
}

# What the engine itself cannot stop in time, or at all.
UNSTOPPABLE: list[tuple[str, str]] = [
    ("duckdb", "SELECT list_sum(range(1, 100000000))"),
    ("duckdb", "SELECT len(range(1, 50000000))"),
]

# What would take more memory than there is: dialect, statement.
HOGS: list[tuple[str, str]] = [
    ("bigquery", f"SELECT LENGTH(STRING_AGG(REPEAT('x', 1000))) FROM {_MANY}"),
    ("bigquery", f"SELECT ARRAY_LENGTH(ARRAY(SELECT t0.thing_id FROM {_MANY}))"),
    ("duckdb", "SELECT list_sum(range(1, 300000000))"),
    ("duckdb", "SELECT max(x) FROM (SELECT list(repeat('x', 1000)) AS x FROM range(3000000))"),
    ("mysql", f"SELECT length(group_concat(repeat('x', 1000))) FROM {_MANY}"),
    ("mysql", f"SELECT json_length(json_arrayagg(repeat('x', 1000))) FROM {_MANY}"),
    ("oracle", f"SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY rpad('x', 1000, 'x')) AS n FROM {_MANY})"),
    ("postgres", "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 600)"),
    ("postgres", f"SELECT length(json_agg(t0)::text) FROM {_MANY}"),
    (
        "sqlite",
        "WITH r(n, x) AS (SELECT 1, zeroblob(1000) UNION ALL SELECT n + 1, x FROM r) SELECT n FROM r ORDER BY x, n",
    ),
]

# No text in Oracle is longer than 4000 bytes, no value of GoogleSQL's evaluator than 1 MB.
ONE_HUGE_CELL = {
    "bigquery": "SELECT REPEAT(REPEAT('x', 1000), 900), REPEAT(REPEAT('y', 1000), 900)",
    "duckdb": "SELECT repeat('x', 20000000)",
    "mysql": "SELECT repeat('x', 5000000)",
    "postgres": "SELECT repeat('x', 20000000)",
    "sqlite": "SELECT hex(zeroblob(100000000))",
}
MANY_ROWS = {
    "bigquery": f"SELECT t0.thing_id FROM {', '.join(f'things t{n}' for n in range(6))}",
    "duckdb": "SELECT * FROM range(1000000000)",
    "mysql": f"SELECT t0.thing_id FROM {', '.join(f'things t{n}' for n in range(10))}",
    "oracle": f"SELECT t0.thing_id FROM {_MANY}",
    "postgres": "SELECT generate_series(1, 1000000000)",
    "sqlite": f"{_ENDLESS} SELECT n FROM r",
}
