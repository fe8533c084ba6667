"""The query in a model's reply: every form that models answer in, and queries that must come back untouched."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.errors import UsageError
from isogloss.tools.extraction import extract_sql
from sqlglot import exp

QUERY = "SELECT name FROM singer WHERE age > 20"
CTE = "WITH old AS (\n  SELECT name FROM singer WHERE age > 60\n)\nSELECT name FROM old"
HARD = "SELECT 'a;b' AS \"c;d\", '```' -- e; f\nFROM t /* g; h */ WHERE x = 'it''s; fine'"
BROKEN = "SELECT name, FROM singer WHERE WHERE age"

WRAPPED = [
    "{}",
    "{};",
    "\n  {} ;\n",
    "```sql\n{}\n```",
    "```sql\n{};\n```",
    "```\n{}\n```",
    "```sql {}```",
    "```SQL\n{}",
    "Here you are:\n\n```sql\n{};\n```\n\nIt's the names of those who're old; nothing else.",
    "SQL: {}",
    "SQL: {};",
    "Answer: {}",
    "**SQL Query:**\n{};\n\n**Explanation:** it's simple.",
    "### Answer:\n{}",
    "{}<|im_end|>",
    "{};</s>",
    "{}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nSELECT 2",
    "{}\n```\n\nThis query isn't slow.",
    "<think>SELECT 1; or perhaps\n```sql\nSELECT 2\n```?</think>\n{}",
    "<think>I'd say SELECT 1</think>```sql\n{}\n```",
    "so it's SELECT 1 at last.\n</think>\n\n{};",
    "{};\nSELECT 2",
    "{};\n\nSELECT 2;\nSELECT 3;",
    "{}\n\nThis query shows the names.",
    "{}\n\nIn this query, we don't use a join.",
    "{};\nIt's done.",
    "To get the names, use this query:\n\n{}\n\nIt's fast.",
    "First I'd try this:\n```sql\nSELECT 1\n```\nBut better is:\n```sql\n{}\n```",
    "This works:\n```sql\n{}\n```\nRun it so:\n```python\nprint(1)\n```",
    "```sql\nSET search_path = x;\n{};\n```",
]


@pytest.mark.parametrize("query", [QUERY, CTE, HARD, f"({QUERY}) UNION ALL ({QUERY})", "VALUES (1, 'a;b'), (2, ';')"])
@pytest.mark.parametrize("reply", WRAPPED)
def test_what_stands_around_a_query_is_cut_off(reply: str, query: str) -> None:
    assert extract_sql(reply.replace("{}", query), "postgres") == query


@pytest.mark.parametrize("reply", ["{}", "```json\n{}\n```", "Sure:\n{}\nIt's {{short}}.", "Answer: {}"])
@pytest.mark.parametrize("query", [QUERY, CTE, HARD])
def test_a_json_object_holds_it(reply: str, query: str) -> None:
    said = json.dumps({"thought": "SELECT is {easy}", "sql": f"{query};"}, indent=2)
    assert extract_sql(reply.replace("{}", said), "postgres") == query


@pytest.mark.parametrize("end", ["", ";", "\n```", "<|im_end|>", ";\n\nSELECT 2", "\n\nThis isn't hard."])
def test_the_rest_after_a_select_that_was_said(end: str) -> None:
    rest = "name FROM singer WHERE singer_id IN (\n  SELECT singer_id FROM concert\n)"
    assert extract_sql(f" {rest}{end}", "sqlite") == f"SELECT {rest}"


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("mysql", "SELECT `a;b`, 'it\\'s; c' # d; e\nFROM `t`"),
        ("bigquery", "SELECT r'\\d;', '''a;\n\n```\nb''' FROM `p.d.t`"),
        ("postgres", "SELECT $$a;b$$, $x$it's; c$x$, E'\\';'"),
        ("oracle", "SELECT q'[it's; a]' FROM dual"),
        ("sqlite", 'SELECT [a;b], "c;d" FROM t'),
        ("duckdb", "FROM t SELECT a, b"),
        ("postgres", "(SELECT 1)\n\nUNION\n\nSELECT 2"),
        ("postgres", "-- the oldest\nSELECT name,\n\n  age\n\nFROM singer"),
    ],
)
@pytest.mark.parametrize("reply", ["{}", "{};", "```sql\n{}\n```", "{};\n\nIt's done; really.", "SQL: {}"])
def test_what_only_looks_like_an_end(dialect: str, query: str, reply: str) -> None:
    assert extract_sql(reply.replace("{}", query), dialect) == query


@pytest.mark.parametrize(
    "reply",
    [
        "{}",
        "{};",
        "```sql\n{};\n```",
        "The query is:\n{}\n\nIt's wrong.",
        "```sql\n{}\n```\nor\n```sql\nSELECT 1 FROM FROM\n```",
    ],
)
@pytest.mark.parametrize(
    "query",
    [
        BROKEN,
        "SELECT a FROM (\n  SELECT b FROM t\n) x WHERE\nGROUP BY b",
        "WITH a AS (SELECT FROM WHERE)\nSELECT * FROM a",
        "SELECT a\nFROM t\nWHERE x = = 3",
    ],
)
def test_a_query_that_does_not_parse_comes_back_whole(reply: str, query: str) -> None:
    assert extract_sql(reply.replace("{}", query), "postgres") == query


def test_a_block_that_parses_is_better_than_one_that_does_not() -> None:
    assert extract_sql(f"```sql\n{QUERY}\n```\nor\n```sql\n{BROKEN}\n```", "sqlite") == QUERY
    assert extract_sql(f"```sql\n{BROKEN}\n```\nor\n```sql\n{QUERY}\n```", "sqlite") == QUERY


def test_code_in_a_line_of_prose() -> None:
    assert extract_sql(f"You could write: `{QUERY}`, which isn't long.", "postgres") == QUERY
    assert extract_sql(f"The query is: {QUERY}. It isn't long.", "postgres") == QUERY


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I'm sorry, I cannot answer that.",
        "Sorry",
        "With this schema it's impossible.",
        "Select something you like.",
        "```python\nprint('SELECT')\n```",
        '{"answer": 42}',
        "<think>SELECT 1 is what I",
        "DROP TABLE singer;",
        "```sql\n```",
    ],
)
def test_no_query(reply: str) -> None:
    assert extract_sql(reply, "postgres") is None


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UsageError):
        extract_sql(QUERY, "latin")


PIECES = st.lists(
    st.sampled_from([*"; ` ' \" \n - ( ) , SELECT FROM ``` x é".split(" "), " ", "\n\n", "--", "/*", "*/"])
)
NOISE = ["", "Here it is:", "It's the answer; I'd say.", "This (of many) isn't hard."]


@settings(deadline=None)
@given(st.sampled_from(DIALECTS), PIECES.map("".join), st.sampled_from(NOISE), st.sampled_from(NOISE), st.booleans())
def test_any_text_in_a_query_survives(dialect: str, text: str, before: str, after: str, fenced: bool) -> None:
    literal = exp.Literal.string(text).sql(dialect)
    query = f"SELECT name FROM singer WHERE name = {literal} AND age > 20"
    reply = f"{before}\n```sql\n{query}\n```\n{after}" if fenced else f"{before}\n{query};\n{after}"
    assert extract_sql(reply, dialect) == query
