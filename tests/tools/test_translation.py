"""Each rule of translation, on a database made awkward: what sqlglot says differs or fails somewhere, ours matches."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from isogloss.tools.compare import Label
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.gold import Gold, gold_of, graded
from isogloss.tools.translation import UntranslatableError, translate
from sqlglot.errors import SqlglotError

from .engines_here import skip_if_missing

TARGETS = [dialect for dialect in DIALECTS if dialect != "sqlite"]

AWKWARD = """
CREATE TABLE Makers (Id INTEGER PRIMARY KEY, "Full Name" TEXT, Country TEXT, Founded DATE);
INSERT INTO Makers VALUES (1, 'Alba', 'IT', '1950-03-01'), (2, 'alba', 'FR', '1961-07-15'), (3, 'Zeta', 'IT', NULL);
CREATE TABLE cars (
  id INTEGER PRIMARY KEY, maker TEXT, model TEXT NOT NULL, power TEXT, price REAL, doors INTEGER, sold BOOLEAN,
  "order" INTEGER, seen TIMESTAMP
);
INSERT INTO cars VALUES
  (1, '1', 'Uno', '45', 5000.5, 3, 1, 7, '2020-01-05 10:00:00'), (2, '1', 'Due', '60', 7000.25, 5, 0, 3, NULL),
  (3, '2', 'UNO', 'null', NULL, 5, 1, 9, '2020-02-11 08:30:00'), (4, '3', 'Tre', '100', 15000, 2, 0, 1, NULL),
  (5, '3', 'Gamma', NULL, 900, NULL, NULL, 8, '2021-02-11 08:30:00');
"""

# Each is what one rule or the interplay of several is for; the comments name what goes wrong without it.
QUERIES = [
    'SELECT model FROM cars WHERE model = "Uno"',  # double quotes around text
    "SELECT model FROM cars WHERE power = 60",  # text beside a number
    "SELECT model FROM cars WHERE doors = '5'",  # a number beside text
    "SELECT model FROM cars WHERE doors IN ('2', '3') ORDER BY model",
    "SELECT c.model, m.country FROM cars AS c JOIN makers AS m ON c.maker = m.id",  # text joined with a number
    "SELECT avg(power) FROM cars WHERE power <> 'null'",  # text averaged
    "SELECT avg(power), sum(power) FROM cars",  # text that spells no number counts as 0
    "SELECT model FROM cars WHERE model LIKE 'u%'",  # LIKE disregards case
    "SELECT count(*) FROM cars WHERE model = 'uno'",  # = regards it
    "SELECT id FROM cars WHERE id * 10 / 4 = 7",  # whole numbers are divided without rest
    "SELECT sum(doors) / count(*), sum(doors) * 1.0 / count(*) FROM cars",
    "SELECT avg(doors) FROM cars",  # more digits than MySQL's four
    "SELECT price / doors FROM cars WHERE id < 4",
    "SELECT 10 / (doors - 5) FROM cars WHERE id < 4",  # by zero gives NULL
    "SELECT model, doors FROM cars ORDER BY doors, id",  # NULL comes first
    "SELECT model FROM cars ORDER BY price DESC LIMIT 2",
    "SELECT m.id, m.country, count(*) FROM makers m JOIN cars c ON c.maker = m.id GROUP BY m.id",  # a bare column
    "SELECT model, max(price) FROM cars",  # a bare column is that of the extreme
    "SELECT maker, model, max(price) FROM cars WHERE price > 0 GROUP BY maker",
    "SELECT maker, model, min(price), count(*) FROM cars GROUP BY maker HAVING count(*) > 1 ORDER BY model",
    "SELECT maker, count(*) AS n FROM cars GROUP BY maker HAVING n > 1 ORDER BY n, maker",  # an alias in HAVING
    "SELECT DISTINCT maker FROM cars WHERE price > 0 ORDER BY id",  # ordered by what is not shown
    "SELECT count(*) FROM makers JOIN cars",  # joined without a condition
    'SELECT "full name" FROM makers ORDER BY ID DESC LIMIT 1',  # letter case of a quoted name
    'SELECT "ORDER" FROM cars WHERE "order" > 5 ORDER BY "order"',  # a reserved word
    "SELECT count(*) FROM makers WHERE founded < '1960-01-01'",  # dates as text
    "SELECT count(*) FROM makers WHERE founded LIKE '19%'",
    "SELECT substr(founded, 1, 4) FROM makers WHERE founded IS NOT NULL ORDER BY founded",
    "SELECT count(*) FROM cars WHERE seen > '2020-01-31'",
    "SELECT model FROM cars WHERE seen = '2020-02-11 08:30:00'",
    "SELECT sum(sold), count(sold) FROM cars",  # truth values added
    "SELECT count(*) FROM cars WHERE sold = 1",
    "SELECT count(*) FROM cars WHERE sold",  # a truth value by itself
    "SELECT count(*) FROM cars WHERE doors",  # a number as a condition
    "SELECT sum(price > 1000) FROM cars",  # a condition added
    "SELECT model FROM cars WHERE maker IN (SELECT id FROM makers WHERE country = 'IT') ORDER BY id",
    "SELECT max(power) FROM cars WHERE power < 'b'",
    "SELECT model FROM cars WHERE price > (SELECT avg(price) FROM cars)",
    "SELECT maker FROM cars UNION SELECT country FROM makers EXCEPT SELECT maker FROM cars WHERE id > 3",
    "SELECT maker FROM cars UNION SELECT country FROM makers INTERSECT SELECT maker FROM cars",  # from left to right
    "SELECT count(*) FROM (SELECT DISTINCT maker FROM cars)",  # a derived table without a name
    "SELECT round(avg(price), 1) FROM cars",
    "SELECT cast(price AS INTEGER) FROM cars WHERE id = 1",  # cut, not rounded
    "SELECT cast(id AS REAL) / 2 FROM cars",
    "SELECT upper(model) || '-' || doors FROM cars WHERE doors > 2",
    "SELECT length(id), length(model) FROM cars",
    "SELECT ifnull(doors, 0) + id FROM cars",
    "SELECT model FROM cars WHERE model GLOB 'U*'",
    "SELECT model FROM cars WHERE model = 'uno' COLLATE NOCASE ORDER BY id",
    "SELECT id FROM cars WHERE doors IS 5",
    "WITH dear AS (SELECT maker, price FROM cars WHERE price > 1000) SELECT maker, count(*) FROM dear GROUP BY maker",
    "SELECT c.model FROM cars c JOIN makers m ON d.id = c.id JOIN cars d ON m.id = d.maker WHERE m.id = 1",
    "SELECT model FROM cars WHERE id = (SELECT maker FROM cars WHERE power = '45')",
    "SELECT CASE WHEN doors > 3 THEN 'many' ELSE 'few' END, count(*) FROM cars GROUP BY 1 ORDER BY 2",
    "SELECT model FROM cars WHERE NOT doors = 5 AND model <> 'Tre'",
    "SELECT c.id, m.id, m.id AS maker FROM cars AS c JOIN makers AS m ON c.maker = m.id WHERE c.id = 1",  # one name
    "SELECT * FROM cars AS c JOIN makers AS m ON c.maker = m.id WHERE c.id = 2",
    "SELECT strftime('%Y', founded), count(*) FROM makers GROUP BY 1 ORDER BY 1",  # parts of dates
    "SELECT strftime('%Y', '2024-05-06') - strftime('%Y', founded) FROM makers WHERE id = 1",
    "SELECT julianday('2020-03-01') - julianday(founded) FROM makers WHERE id = 2",
    "SELECT strftime('%J', '2020-03-01') - strftime('%J', founded) FROM makers WHERE id = 1",
    "SELECT date(founded, '+1 year'), date(founded, '-3 days') FROM makers WHERE id < 3",
    "SELECT max(founded) FROM makers WHERE date(founded) < date('1960-12-31')",
    "SELECT total(price), total(doors) FROM cars WHERE id > 90",  # of no rows
    "SELECT avg(doors) FILTER (WHERE price > 1000), count(*) FILTER (WHERE doors > 2) FROM cars",
    "SELECT model FROM cars WHERE (maker, price) IN (SELECT maker, max(price) FROM cars GROUP BY maker)",
    "SELECT m.id, (SELECT count(*) FROM cars WHERE maker = m.id) FROM makers m ORDER BY 2 DESC, 1",
    "SELECT iif(doors > 3, 'many', 'few'), count(*) FROM cars GROUP BY 1",
    "SELECT sum(CASE WHEN doors > 2 THEN 1 ELSE 0 END) * 100.0 / count(*) FROM cars",  # a share in percent
    "SELECT 100.0 * sum(iif(doors > 2, 1.0, 0)) / count(id), avg(CASE WHEN doors > 2 THEN 1.0 ELSE 0 END) FROM cars",
    "SELECT avg(doors = 5) FROM cars",  # a condition that may be unknown
    "SELECT c.model FROM cars c JOIN makers m ON d.id = m.id LEFT JOIN cars d ON d.id = c.id AND d.id > 1",
    "SELECT count(*) FROM makers WHERE founded BETWEEN '1930-1-1' AND '1960-12-31'",
    "SELECT count(*) FROM makers WHERE founded IN ('1950-03-01', 'x')",
    "SELECT substr(model, -2) FROM cars WHERE id < 3 ORDER BY id",  # from the end
    "SELECT DISTINCT m.country FROM cars c JOIN makers m ON c.maker = m.id WHERE c.id < 3 ORDER BY c.model DESC",
    "SELECT count(*) FROM cars WHERE power <> ''",
    "SELECT count(*) FROM main.cars",
    "SELECT t1.model FROM cars AS t1 WHERE EXISTS (SELECT * FROM makers WHERE id = t1.maker AND country = 'FR')",
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("awkward") / "awkward.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(AWKWARD)
    connection.close()
    return path


@pytest.fixture(scope="module")
def golds(database: Path) -> dict[str, Gold]:
    with open_engine("sqlite", str(database)) as engine:
        return {sql: gold_of(engine, sql) for sql in QUERIES}


@pytest.fixture(scope="module", params=TARGETS)
def engine(request: pytest.FixtureRequest, database: Path) -> Iterator[Engine]:
    skip_if_missing(request.param)
    with open_engine(request.param, str(database)) as engine:
        yield engine


@pytest.mark.parametrize("sql", QUERIES)
def test_a_translation_gives_the_rows_of_its_original(sql: str, golds: dict[str, Gold], engine: Engine) -> None:
    gold = golds[sql]
    assert gold.failure is None
    assert gold.unstable is None
    tried = {}
    for exact in (False, True):
        said = translate(sql, engine.schema(), engine.dialect, exact)
        comparison = graded(gold, engine.execute(said), engine.dialect)
        tried[said] = (comparison.label, comparison.reason)
        if comparison.label in (Label.EXACT, Label.UNSUPPORTED):
            return
    pytest.fail(f"{engine.dialect}: {tried}")


@pytest.mark.parametrize("sql", ["SELECT FROM", "DROP TABLE cars", "SELECT nothing FROM cars"])
def test_what_is_no_query_of_the_database_is_refused(sql: str, database: Path) -> None:
    with open_engine("sqlite", str(database)) as engine:
        schema = engine.schema()
    with pytest.raises((UntranslatableError, SqlglotError)):
        translate(sql, schema, "postgres")
