"""The tools with which an agent looks at its tutorials and its database; all of them only read."""

import json
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated, Any

from langchain_core.tools import BaseTool, tool

from ..knowledge.snippet import Tutorials
from ..tools.engines import Engine
from ..tools.outcome import ErrorClass, Execution
from .error_meanings import MEANINGS
from .prompting import fenced
from .requests import rows_text, snippets_text
from .schema_text import render_table

_SNIPPETS = 3
_ROWS = 5  # of a result, shown to the agent
_NAME = re.compile(r"\w{3,}")


def agent_tools(engine: Engine, index: Tutorials) -> list[BaseTool]:
    """Return the tools of an open database and an index; what is wrong in a call is told to the model, not raised.

    A tool of your own is one more function in the list returned: its docstring and the annotations of its
    arguments are what the model reads. It runs in a thread, beside others, and returns text.
    """
    schema = engine.schema()
    tables = {t.name: t for t in schema.tables}
    columns = {(t.name, c.name) for t in schema.tables for c in t.columns}

    def tutorials(query: str) -> str:
        return fenced("snippets", snippets_text(index.search(query, _SNIPPETS)))

    @tool
    def search_tutorials(query: Annotated[str, "a construct, a function, a task or an error"]) -> str:
        """Return the tutorial snippets of this dialect that are nearest to a query."""
        return tutorials(query)

    @tool
    def describe_table(table: Annotated[str, "a table of the schema"]) -> str:
        """Return a table's CREATE TABLE with keys, comments and sample values."""
        if table not in tables:
            return _told(error=f"there is no table {table}", tables=_near(table, tables))
        found = tables[table]
        samples = {(table, c.name): engine.sample_values(table, c.name, limit=3) for c in found.columns}
        return fenced("schema", render_table(found, samples))

    @tool
    def sample_values(
        table: Annotated[str, "a table of the schema"],
        column: Annotated[str, "one of its columns"],
        seed: Annotated[int, "another seed gives other values"] = 0,
    ) -> str:
        """Return up to 20 values that occur in a column, as a JSON list."""
        if (table, column) not in columns:
            return _told(error=f"there is no column {table}.{column}")
        values: list[Any] = engine.sample_values(table, column, limit=20, seed=seed)
        return json.dumps(values, default=_plain, ensure_ascii=False)

    @tool
    def run_sql(sql: Annotated[str, "one read-only query"]) -> str:
        """Run a query and return its outcome with the first rows, or the engine's error, as JSON."""
        return _executed(engine.execute(sql))

    @tool
    def explain_error(
        error: Annotated[str, "the engine's message"],
        error_class: Annotated[str, "its class, as given with the error"] = ErrorClass.OTHER.value,
    ) -> str:
        """Say what an engine's error means, which names of the schema are like those in it, and what tutorials say."""
        names = {*tables, *(column for _, column in columns)}
        like = {word: near for word in _NAME.findall(error) if word not in names and (near := _near(word, names))}
        means = MEANINGS.get(error_class, MEANINGS[ErrorClass.OTHER])
        return f"{_told(means=means, names_like=like)}\n{tutorials(error)}"

    return [search_tutorials, describe_table, sample_values, run_sql, explain_error]


def _executed(execution: Execution) -> str:
    if execution.error_class or execution.rule:
        why = {"error_class": execution.error_class, "error": execution.error or "refused", "rule": execution.rule}
        return _told(outcome=execution.outcome, **{k: v for k, v in why.items() if v})
    facts = _told(outcome=execution.outcome, columns=execution.columns, rows_in_all=len(execution.rows))
    return f"{facts}\n{fenced('rows', rows_text(execution.rows[:_ROWS]))}"


def _near(name: str, names: Collection[str]) -> list[str]:
    by_lower = {n.lower(): n for n in sorted(names)}
    return [by_lower[n] for n in get_close_matches(name.lower(), by_lower, n=3)]


def _told(**facts: Any) -> str:
    return json.dumps(facts, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return decimals as numbers and everything else, dates above all, as text."""
    return float(value) if type(value).__name__ == "Decimal" else str(value)
