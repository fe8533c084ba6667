"""Statements and what Oracle makes of them, from its documentation, as data."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from isogloss.tools.outcome import ErrorClass

_E = ErrorClass


def _day(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - Oracle's dates have no zone


# Statement and rows.
ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    # Numbers: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Numeric-Functions.html
    ("SELECT 1/4, 7/2, 10/5, 1/3 FROM dual", [(Decimal("0.25"), Decimal("3.5"), 2, Decimal("0." + "3" * 40))]),
    ("SELECT ROUND(15.193,1), ROUND(15.193,-1), TRUNC(15.79,-1) FROM dual", [(Decimal("15.2"), 20, 10)]),
    ("SELECT MOD(11,4), MOD(-11,4), MOD(11,0), REMAINDER(15,4), CEIL(15.7) FROM dual", [(3, -3, 11, -1, 16)]),
    ("SELECT GREATEST(1, NULL), LEAST(3, 2), NULLIF(1, 1), COALESCE(NULL, 5) FROM dual", [(None, 2, None, 5)]),
    ("SELECT CAST('12.7' AS NUMBER(5)), CAST(12.5 AS INTEGER), WIDTH_BUCKET(5,1,10,3) FROM dual", [(13, 13, 2)]),
    ("SELECT TO_CHAR(SQRT(2)) FROM dual", [("1.41421356237309504880168872420969807857",)]),
    ('SELECT s."UID", s."LEVEL" FROM (SELECT 1 AS "UID", 2 AS "LEVEL" FROM dual) s', [(1, 2)]),
    # Text: '' is NULL, and NULL adds nothing to text
    ("SELECT NVL('', 'x'), LENGTH(''), 'a' || NULL || 'b', 'x' || .5 FROM dual", [("x", None, "ab", "x.5")]),
    ("SELECT COUNT(*) FROM dual WHERE '' = ''", [(0,)]),
    ("SELECT REPLACE('aa', 'a'), TRIM(' '), SUBSTR('abc', 5), RTRIM('xx', 'x') FROM dual", [(None,) * 4]),
    ("SELECT SUBSTR('ABCDEFG',3,4), SUBSTR('ABCDEFG',-5,4), SUBSTR('AB',0,1) FROM dual", [("CDEF", "CDEF", "A")]),
    ("SELECT INSTR('CORPORATE FLOOR','OR',3,2), INSTR('CORPORATE FLOOR','OR',-3,2) FROM dual", [(14, 2)]),
    ("SELECT REPLACE('JACK and JUE','J','BL'), INITCAP('the soap') FROM dual", [("BLACK and BLUE", "The Soap")]),
    ("SELECT LPAD('Page 1',15,'*.'), q'[it's]' FROM dual", [("*.*.*.*.*Page 1", "it's")]),
    (
        "SELECT REGEXP_REPLACE('500   Oracle','( ){2,}',' '), REGEXP_COUNT('123123','(12)3') FROM dual",
        [("500 Oracle", 2)],
    ),
    ("SELECT SOUNDEX('SMYTHE') FROM dual", [("S530",)]),
    ("SELECT DECODE(NULL, NULL, 'n', 'x'), DECODE(3, 1, 'a'), NVL2('', 1, 2) FROM dual", [("n", None, 2)]),
    # Number formats: the table of https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html
    ("SELECT TO_CHAR(-1234567890,'9999999999S'), TO_CHAR(0,'99.99') FROM dual", [("1234567890-", "   .00")]),
    (
        "SELECT TO_CHAR(+0.1,'99.99'), TO_CHAR(-0.2,'99.99'), TO_CHAR(0,'90.99') FROM dual",
        [("   .10", "  -.20", "  0.00")],
    ),
    (
        "SELECT TO_CHAR(0,'9999'), TO_CHAR(1,'9999'), TO_CHAR(+123.456,'999.999') FROM dual",
        [("    0", "    1", " 123.456")],
    ),
    ("SELECT TO_CHAR(123.456,'FM999.009'), TO_CHAR(123.0,'FM999.009') FROM dual", [("123.456", "123.00")]),
    (
        "SELECT TO_CHAR(12345,'999'), TO_CHAR(1234.5,'$9,999.99'), TO_CHAR(7,'000') FROM dual",
        [("####", " $1,234.50", " 007")],
    ),
    ("SELECT TO_NUMBER('1,234.50','9,999.99'), TO_NUMBER(' 5 ') FROM dual", [(Decimal("1234.5"), 5)]),
    # Dates have a time and count days: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html
    ("SELECT DATE '2024-03-01' - DATE '2024-02-28', DATE '2024-01-31' + 1.5 FROM dual", [(2, _day(2024, 2, 1, 12))]),
    (
        "SELECT ADD_MONTHS(DATE '2024-01-31',1), ADD_MONTHS(DATE '2023-02-28',1) FROM dual",
        [(_day(2024, 2, 29), _day(2023, 3, 31))],
    ),
    (
        "SELECT ROUND(MONTHS_BETWEEN(TO_DATE('02-02-1995','MM-DD-YYYY'),TO_DATE('01-01-1995','MM-DD-YYYY')),8) "
        "FROM dual",
        [(Decimal("1.03225806"),)],
    ),
    (
        "SELECT LAST_DAY(DATE '2023-02-03'), NEXT_DAY(DATE '2009-10-15','TUESDAY') FROM dual",
        [(_day(2023, 2, 28), _day(2009, 10, 20))],
    ),
    (
        "SELECT TRUNC(DATE '2024-08-15','Q'), TRUNC(DATE '2024-08-15','IW') FROM dual",
        [(_day(2024, 7, 1), _day(2024, 8, 12))],
    ),
    (
        "SELECT ROUND(DATE '2024-08-16','MM'), ROUND(DATE '2000-10-27','YEAR') FROM dual",
        [(_day(2024, 9, 1), _day(2001, 1, 1))],
    ),
    ("SELECT TO_CHAR(DATE '2024-03-05','fmDay, Month DD, YYYY') FROM dual", [("Tuesday, March 5, 2024",)]),
    (
        "SELECT TO_CHAR(DATE '2024-03-05','DAY') || '|', TO_CHAR(DATE '2024-03-05') FROM dual",
        [("TUESDAY  |", "05-MAR-24")],
    ),
    (
        "SELECT TO_DATE('29-02-2024 1:45 PM','DD-MM-YYYY HH:MI AM'), TO_DATE('01-JAN-87') FROM dual",
        [(_day(2024, 2, 29, 13, 45), _day(1987, 1, 1))],
    ),
    (
        "SELECT EXTRACT(MONTH FROM DATE '2024-03-05'), INTERVAL '1 12' DAY TO HOUR FROM dual",
        [(3, timedelta(days=1, hours=12))],
    ),
    (
        "SELECT DATE '2024-01-15' + INTERVAL '1' MONTH, NUMTODSINTERVAL(90,'MINUTE') FROM dual",
        [(_day(2024, 2, 15), timedelta(minutes=90))],
    ),
    # Rows: ROWNUM is given before the order
    (
        "SELECT * FROM (SELECT name FROM products ORDER BY price DESC) WHERE ROWNUM <= 2",
        [("Paper Tray",), ("Wooden Train",)],
    ),
    ("SELECT COUNT(*) FROM customers WHERE ROWNUM = 2", [(0,)]),
    ("SELECT COUNT(*) FROM customers WHERE ROWNUM = 1", [(1,)]),
    (
        "SELECT customer_id FROM customers WHERE customer_id IN (5, 6) ORDER BY email DESC",
        [(6,), (5,)],  # NULL is the greatest
    ),
    ("SELECT COUNT(*) FROM customers WHERE ROWNUM BETWEEN 1 AND 7", [(7,)]),
    (
        "SELECT name FROM customers ORDER BY credit_limit DESC NULLS LAST, name FETCH FIRST 5 PERCENT ROWS ONLY",
        [("Tara Silva",), ("Nils Dubois",)],
    ),
    ("SELECT 1 FROM dual UNION SELECT 2 FROM dual INTERSECT SELECT 3 FROM dual", []),
    ("SELECT dummy FROM dual MINUS SELECT 'Y' FROM dual", [("X",)]),
    (
        "SELECT status, COUNT(*), GROUPING(status) FROM orders GROUP BY ROLLUP(status) ORDER BY 1",
        [("paid", 42, 0), ("placed", 31, 0), ("returned", 43, 0), ("shipped", 84, 0), (None, 200, 1)],
    ),
    ("SELECT MAX(COUNT(*)) FROM orders GROUP BY customer_id", [(13,)]),
    # Outer joins of old
    (
        "SELECT COUNT(*), COUNT(o.order_id) FROM customers c, orders o WHERE c.customer_id = o.customer_id(+) "
        "AND c.country = 'Norway'",
        [(2, 0)],
    ),
    (
        "SELECT COUNT(*) FROM customers c, orders o WHERE c.customer_id = o.customer_id(+) AND o.status(+) = "
        "'paid' AND o.order_id IS NULL",
        [(17,)],
    ),
    # Hierarchies: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Hierarchical-Queries.html
    ("SELECT LEVEL FROM dual CONNECT BY LEVEL <= 3", [(1,), (2,), (3,)]),
    (
        "SELECT customer_id, LEVEL, SYS_CONNECT_BY_PATH(customer_id, '/'), CONNECT_BY_ROOT customer_id, "
        "CONNECT_BY_ISLEAF, PRIOR customer_id "
        "FROM customers START WITH customer_id = 1 CONNECT BY PRIOR customer_id = referred_by ORDER SIBLINGS "
        "BY customer_id DESC",
        [(1, 1, "/1", 1, 0, None), (29, 2, "/1/29", 1, 1, 1), (8, 2, "/1/8", 1, 1, 1)],
    ),
    (
        "SELECT CONNECT_BY_ROOT customer_id r, COUNT(*) FROM customers START WITH customer_id IN (1, 2) "
        "CONNECT BY PRIOR customer_id = referred_by GROUP BY CONNECT_BY_ROOT customer_id ORDER BY r",
        [(1, 3), (2, 1)],
    ),
    (
        "WITH r (n, f) AS (SELECT 1, 1 FROM dual UNION ALL SELECT n + 1, f * (n + 1) FROM r WHERE n < 5) "
        "SELECT MAX(f) FROM r",
        [(120,)],
    ),
    # Analysis
    (
        "SELECT MIN(name) KEEP (DENSE_RANK FIRST ORDER BY price), MAX(name) KEEP (DENSE_RANK LAST ORDER BY "
        "price) FROM products",
        [("Plush Bear", "Paper Tray")],
    ),
    (
        "SELECT LISTAGG(DISTINCT country, ',') WITHIN GROUP (ORDER BY country) FROM customers",
        [("Austria,France,Germany,Italy,Norway,Spain",)],
    ),
    ("SELECT * FROM (SELECT status FROM orders) PIVOT (COUNT(*) FOR status IN ('paid' AS paid, 'placed'))", [(42, 31)]),
    (
        "SELECT * FROM (SELECT product_id, price, stock FROM products WHERE product_id = 1) UNPIVOT (v FOR k "
        "IN (price AS 'p', stock))",
        [(1, "p", Decimal("80.01")), (1, "STOCK", 148)],
    ),
    ("SELECT MEDIAN(price), MEDIAN(stock) FROM products WHERE product_id < 3", [(Decimal("66.385"), 126)]),
    (
        "SELECT country, COUNT(DISTINCT city) OVER (PARTITION BY country) FROM customers WHERE customer_id = 1",
        [("Germany", 1)],
    ),
    ("SELECT COUNT(*) FROM orders WHERE TRUNC(ordered_at) BETWEEN DATE '2023-01-01' AND '31-JAN-23'", [(8,)]),
    ("SELECT JSON_VALUE('{\"a\": {\"b\": [5, 7]}}', '$.a.b[1]' RETURNING NUMBER) FROM dual", [(7,)]),
    (
        "SELECT LAST_VALUE(credit_limit IGNORE NULLS) OVER (ORDER BY customer_id) FROM customers "
        "WHERE customer_id BETWEEN 4 AND 6",
        [(3400,), (3400,), (4400,)],
    ),
    (
        "SELECT customer_id AS offset, CONNECT_BY_ISCYCLE FROM customers START WITH customer_id = 2 "
        "CONNECT BY NOCYCLE customer_id = PRIOR customer_id",
        [(2, 1)],
    ),
    (
        "SELECT name FROM customers WHERE (customer_id, country) = ANY (SELECT 1, 'Germany' FROM dual)",
        [("Hugo Silva",)],
    ),
    ("SELECT COUNT(*) FROM (SELECT 10 deptno FROM dual) WHERE deptno = '10'", [(1,)]),
]

# Statement, class, Oracle's number.
ERRORS: list[tuple[str, ErrorClass, str]] = [
    ("SELECT name FROM customers AS c", _E.SYNTAX, "ORA-00933"),
    ("SELECT name FROM (SELECT name FROM customers) AS c", _E.SYNTAX, "ORA-00933"),
    ("SELECT name FROM customers LIMIT 3", _E.SYNTAX, "ORA-00933"),
    ("SELECT name FROM customers WHERE city = 'Oslo' ORDER BY name LIMIT 3 OFFSET 1;", _E.SYNTAX, "ORA-00933"),
    ("SELECT 1", _E.SYNTAX, "ORA-00923"),
    ("SELECT TOP 3 name FROM customers", _E.SYNTAX, "ORA-00923"),
    ("SELECT *, name FROM customers", _E.SYNTAX, "ORA-00923"),
    ("SELECT name::VARCHAR2(3) FROM customers", _E.SYNTAX, "ORA-00933"),
    ("SELECT `name` FROM customers", _E.SYNTAX, "ORA-00911"),
    ("SELECT 5 % 2 FROM dual", _E.SYNTAX, "ORA-00911"),
    ("SELECT name FROM customers WHERE name ILIKE 'a%'", _E.SYNTAX, "ORA-00920"),
    ("SELECT name FROM customers WHERE is_business", _E.SYNTAX, "ORA-00920"),
    ("SELECT name FROM customers EXCEPT SELECT name FROM products", _E.SYNTAX, "ORA-00933"),
    ("WITH RECURSIVE r AS (SELECT 1 n FROM dual) SELECT n FROM r", _E.SYNTAX, "ORA-00905"),
    ("SELECT c.name FROM customers c JOIN orders o", _E.SYNTAX, "ORA-00905"),
    ("SELECT joined_on + INTERVAL '1 day' FROM customers", _E.SYNTAX, "ORA-30089"),
    ("SELECT EXTRACT(QUARTER FROM joined_on) FROM customers", _E.SYNTAX, "ORA-00907"),
    ("SELECT COUNT(*) FILTER (WHERE stock > 3) FROM products", _E.SYNTAX, "ORA-00923"),
    ("SELECT COUNT(*) AS number FROM customers", _E.SYNTAX, "ORA-00923"),
    ("SELECT DISTINCT country FROM customers ORDER BY name", _E.SYNTAX, "ORA-01791"),
    ("SELECT c.customer_id FROM customers c JOIN orders o USING (customer_id)", _E.SYNTAX, "ORA-25154"),
    ("SELECT LEVEL FROM customers", _E.SYNTAX, "ORA-01788"),
    ("SELECT name FROM custmers", _E.UNKNOWN_TABLE, "ORA-00942"),
    ("SELECT nam FROM customers", _E.UNKNOWN_COLUMN, "ORA-00904"),
    ('SELECT "name" FROM customers', _E.UNKNOWN_COLUMN, "ORA-00904"),
    ("SELECT name FROM customers WHERE is_business = TRUE", _E.UNKNOWN_COLUMN, "ORA-00904"),
    ("SELECT country c, COUNT(*) FROM customers GROUP BY c", _E.UNKNOWN_COLUMN, "ORA-00904"),
    ("SELECT DATE_TRUNC('month', joined_on) FROM customers", _E.UNKNOWN_FUNCTION, "ORA-00904"),
    ("SELECT STRING_AGG(name, ',') FROM customers", _E.UNKNOWN_FUNCTION, "ORA-00904"),
    ("SELECT customer_id FROM customers c JOIN orders o ON c.customer_id = o.customer_id", _E.AMBIGUOUS, "ORA-00918"),
    ("SELECT name, COUNT(*) FROM customers", _E.GROUPING, "ORA-00937"),
    ("SELECT country, city FROM customers GROUP BY country", _E.GROUPING, "ORA-00979"),
    ("SELECT country, COUNT(*) FROM customers GROUP BY 1", _E.GROUPING, "ORA-00979"),
    ("SELECT name FROM customers WHERE COUNT(*) > 1", _E.GROUPING, "ORA-00934"),
    ("SELECT name FROM customers WHERE ROW_NUMBER() OVER (ORDER BY name) = 1", _E.GROUPING, "ORA-30483"),
    ("SELECT 1/0 FROM dual", _E.DIVISION_BY_ZERO, "ORA-01476"),
    ("SELECT name + 1 FROM customers", _E.INVALID_VALUE, "ORA-01722"),
    ("SELECT name FROM customers WHERE joined_on > '2023-01-01'", _E.INVALID_VALUE, "ORA-01861"),
    ("SELECT TO_DATE('2024-13-01', 'YYYY-MM-DD') FROM dual", _E.INVALID_VALUE, "ORA-01843"),
    ("SELECT DATE '2024-01-31' + INTERVAL '1' MONTH FROM dual", _E.INVALID_VALUE, "ORA-01839"),
    ("SELECT (SELECT customer_id FROM customers) FROM dual", _E.CARDINALITY, "ORA-01427"),
    ("SELECT 1 FROM dual UNION SELECT 'a' FROM dual", _E.TYPE_MISMATCH, "ORA-01790"),
    ("SELECT 1, 2 FROM dual UNION SELECT 1 FROM dual", _E.TYPE_MISMATCH, "ORA-01789"),
    ("SELECT CASE WHEN 1 = 1 THEN 'a' ELSE 2 END FROM dual", _E.TYPE_MISMATCH, "ORA-00932"),
    ("SELECT joined_on + joined_on FROM customers", _E.TYPE_MISMATCH, "ORA-00975"),
    ("SELECT CONCAT(name, '-', city) FROM customers", _E.TYPE_MISMATCH, "ORA-00939"),
    ("SELECT CAST(price AS TEXT) FROM products", _E.TYPE_MISMATCH, "ORA-00902"),
    (
        "SELECT name FROM customers c START WITH customer_id = 1 CONNECT BY PRIOR customer_id = customer_id",
        _E.INVALID_VALUE,
        "ORA-01436",
    ),
]

# Statements that are Oracle's but that the stand-in leaves to Oracle.
UNSURE = [
    "SELECT * FROM customers MATCH_RECOGNIZE (ORDER BY name MEASURES a.name AS n PATTERN (a) DEFINE a AS 1 = 1)",
    "SELECT 1.5f FROM dual",
    "SELECT MEDIAN(joined_on) FROM customers",
    "SELECT LPAD('x', 5000) FROM dual",
    "SELECT table_name FROM user_tables",
    "SELECT JSON_VALUE('{', '$.a') FROM dual",
    'SELECT XMLELEMENT("a", name) FROM customers',
    "SELECT DBMS_RANDOM.VALUE FROM dual",
    "SELECT ROWID FROM customers",
    "SELECT * FROM customers SAMPLE (10)",
    "SELECT TO_CHAR(weight_kg) FROM products",
    "SELECT ROUND(CAST(1.15 AS BINARY_DOUBLE) * 0.1, 2) FROM dual",
    "SELECT TRUNC((CAST(0.1 AS BINARY_DOUBLE) + 0.7) * 10, 0) FROM dual",
    "SELECT TO_CHAR(CAST(8.5 AS BINARY_DOUBLE) * 0.35, '0.00') FROM dual",
    "SELECT TO_CHAR(SYSDATE, 'YEAR') FROM dual",
    "SELECT NTH_VALUE(name, 2) IGNORE NULLS OVER (ORDER BY name) FROM customers",
    "SELECT 1 FROM dual WHERE 'a' = 'a '",
    "SELECT name FROM customers WHERE REGEXP_LIKE(name, '(?i)a')",
    "SELECT country, city, s FROM customers MODEL DIMENSION BY (customer_id) MEASURES (0 s) RULES ()",
    "SELECT JSON_OBJECT('a' VALUE 1) FROM dual",
    "SELECT name FROM customers WHERE ROWNUM < 3 OR city = 'Oslo'",
]
