"""The agents' tools, on a real database and a real index: what they tell, and that no call of a model's can raise."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from isogloss.agents.toolbox import agent_tools
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.engines import open_engine
from isogloss.tools.outcome import ErrorClass
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool
from langgraph.prebuilt import ToolNode

Tools = dict[str, BaseTool]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    with pytest.MonkeyPatch.context() as patch, open_engine("postgres", "shop", workers=1) as engine:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.mktemp("home")))
        index = open_index(load_corpus("postgres", "builtin"))
        yield {tool.name: tool for tool in agent_tools(engine, index)}


def told(tools: Tools, name: str, **arguments: Any) -> str:
    reply = tools[name].invoke(arguments)
    assert isinstance(reply, str)
    return reply


def test_tutorials_come_between_fences(tools: Tools) -> None:
    found = told(tools, "search_tutorials", query="DISTINCT ON")
    assert found.startswith("<snippets>\n###")
    assert found.endswith("</snippets>")
    assert "DISTINCT ON" in found


def test_a_table_is_described_with_keys_and_values(tools: Tools) -> None:
    found = told(tools, "describe_table", table="orders")
    assert found.startswith("<schema>\nCREATE TABLE orders")
    assert "PRIMARY KEY (order_id)" in found
    assert "FOREIGN KEY (customer_id) REFERENCES customers (customer_id)" in found
    assert "e.g. [" in found


def test_an_unknown_table_is_told_with_its_likes(tools: Tools) -> None:
    assert json.loads(told(tools, "describe_table", table="Order")) == {
        "error": "there is no table Order",
        "tables": ["orders", "order_lines"],
    }


def test_values_occur(tools: Tools) -> None:
    values = json.loads(told(tools, "sample_values", table="products", column="price"))
    assert values
    assert all(isinstance(value, float) for value in values)
    assert "error" in json.loads(told(tools, "sample_values", table="products", column="prize"))


def test_a_query_runs_and_shows_its_first_rows(tools: Tools) -> None:
    found = told(tools, "run_sql", sql="SELECT name, price FROM products ORDER BY name")
    facts, _, rows, end = found.splitlines()
    assert end == "</rows>"
    assert json.loads(facts)["outcome"] == "runs"
    assert json.loads(facts)["columns"] == ["name", "price"]
    assert json.loads(facts)["rows_in_all"] > 5
    assert len(json.loads(rows)) == 5


def test_a_long_value_is_cut(tools: Tools) -> None:
    assert len(told(tools, "run_sql", sql="SELECT repeat('x', 100000)")) < 500


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT nam FROM products", {"outcome": "error", "error_class": "unknown_column"}),
        ("DROP TABLE products", {"outcome": "rejected"}),
        ("SELECT 1; DELETE FROM products", {"outcome": "rejected"}),
        ("SELECT pg_read_file('/etc/passwd')", {"outcome": "error", "error_class": "permission"}),
    ],
)
def test_what_fails_or_is_refused_is_told(tools: Tools, sql: str, expected: dict[str, str]) -> None:
    found = json.loads(told(tools, "run_sql", sql=sql))
    assert {name: found[name] for name in expected} == expected
    assert "root:" not in str(found)


def test_an_error_is_explained(tools: Tools) -> None:
    error = json.loads(told(tools, "run_sql", sql="SELECT product_nam FROM products"))
    found = told(tools, "explain_error", error=error["error"], error_class=error["error_class"])
    facts = json.loads(found.splitlines()[0])
    assert facts["means"].startswith("No such column")
    assert "product_id" in facts["names_like"]["product_nam"]
    assert "<snippets>" in found


@pytest.mark.parametrize("error_class", [*ErrorClass, "no such class"])
def test_every_class_means_something(tools: Tools, error_class: str) -> None:
    assert json.loads(told(tools, "explain_error", error="?", error_class=error_class).splitlines()[0])["means"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("no_such_tool", {}),
        ("run_sql", {}),
        ("sample_values", {"table": 1, "column": ["a"]}),
        ("run_sql", {"sql": "\0"}),
    ],
)
def test_a_wrong_call_is_told_not_raised(tools: Tools, name: str, arguments: dict[str, Any]) -> None:
    call = {"name": name, "args": arguments, "id": "1", "type": "tool_call"}
    from langgraph.graph import MessagesState, StateGraph

    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(list(tools.values())))
    graph.set_entry_point("tools")
    [_, reply] = graph.compile().invoke({"messages": [AIMessage("", tool_calls=[call])]})["messages"]
    assert reply.text
