"""Hostile statements on the ``shop`` database that are queries but would not end, or not in bounds."""

from .attack_probes import BIGQUERY, DUCKDB, EVERY, MYSQL, ORACLE, POSTGRES, SQLITE, attacks

_SERIES = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
_WIDE_JOIN = "SELECT count(*) FROM orders a, orders b, order_lines c, order_lines d WHERE {}"

# What would run for ever, or for hours: it must end at the limit.
RUNAWAYS = [
    *attacks(
        "sleep",
        (POSTGRES, "SELECT pg_sleep(60)"),
        (POSTGRES, "SELECT pg_sleep_until(now() + interval '1 hour')"),
        (MYSQL, "SELECT sleep(60)"),
        (MYSQL, "SELECT /*+ MAX_EXECUTION_TIME(60000) SET_VAR(max_execution_time = 60000) */ sleep(60)"),
        (MYSQL, "SELECT /*+ QUERY_TIMEOUT(60000000) */ sleep(60)"),
        (MYSQL, "SELECT benchmark(1000000000000, md5('x'))"),
        (ORACLE, "SELECT dbms_session.sleep(60) FROM dual"),
        (ORACLE, "SELECT pg_sleep(60) FROM dual"),
    ),
    *attacks(
        "endless recursion",
        ((SQLITE, DUCKDB, POSTGRES, MYSQL, BIGQUERY), f"{_SERIES} SELECT count(*) FROM r"),
        (ORACLE, "WITH r(n) AS (SELECT 1 FROM dual UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"),
        (ORACLE, "SELECT count(*) FROM dual CONNECT BY 1 = 1"),
    ),
    *attacks(
        "cross join",
        (EVERY, _WIDE_JOIN.format("mod(a.order_id * 7 + b.order_id + c.quantity * d.quantity, 1000) = 2000")),
    ),
    *attacks(
        "one long step",
        (DUCKDB, "SELECT list_sum(range(1, 100000000))"),
        (POSTGRES, "SELECT count(*) FROM generate_series(1, 1000000000000)"),
        (MYSQL, "SELECT regexp_like(concat(repeat('a', 40), 'b'), '^(a|aa|a?)+$')"),
        (SQLITE, "SELECT hex(zeroblob(400000000))"),
    ),
]

# What would fill the memory or the pipe.
FLOODS = [
    *attacks(
        "repeat",
        ((DUCKDB, POSTGRES, MYSQL), "SELECT repeat('x', 3000000000)"),
        ((DUCKDB, POSTGRES, MYSQL), "SELECT length(repeat('x', 1000000000))"),
        (SQLITE, "SELECT replace(hex(zeroblob(7000000)), '0', '0123456789')"),
        (BIGQUERY, "SELECT REPEAT('x', 3000000000)"),
        (BIGQUERY, "SELECT LENGTH(REPEAT(REPEAT('x', 1000000), 1000))"),
        (ORACLE, "SELECT rpad('x', 3000000000, 'x') FROM dual"),
    ),
    *attacks(
        "ten million rows",
        ((SQLITE, DUCKDB, POSTGRES), f"{_SERIES} SELECT n FROM r LIMIT 10000000"),
        ((MYSQL, SQLITE, BIGQUERY), "SELECT a.order_id FROM orders a, orders b, orders c, orders d LIMIT 10000000"),
        (ORACLE, "SELECT a.order_id FROM orders a, orders b, orders c FETCH FIRST 10000000 ROWS ONLY"),
    ),
    *attacks(
        "500 MB in one cell",
        (SQLITE, "SELECT hex(zeroblob(250000000))"),
        ((DUCKDB, POSTGRES, MYSQL), "SELECT repeat('x', 500000000)"),
        (BIGQUERY, "SELECT REPEAT('x', 500000000)"),
        (ORACLE, "SELECT rpad('x', 500000000, 'x') FROM dual"),
    ),
]

# Escape codes as data, and where an error repeats them.
ESCAPES = {
    SQLITE: ("SELECT char(27) || '[2J' || 'x'", 'SELECT "\x1b[31mred"'),
    DUCKDB: ("SELECT chr(27) || '[2J' || 'x'", 'SELECT "\x1b[31mred"'),
    POSTGRES: ("SELECT chr(27) || '[2J' || 'x'", 'SELECT "\x1b[31mred"'),
    MYSQL: ("SELECT concat(char(27 USING utf8mb4), '[2J', 'x')", "SELECT `\x1b[31mred`"),
    BIGQUERY: ("SELECT concat(chr(27), '[2J', 'x')", "SELECT `\x1b[31mred`"),
    ORACLE: ("SELECT chr(27) || '[2J' || 'x' FROM dual", 'SELECT "\x1b[31mred" FROM dual'),
}
