"""The tools with which an agent looks at a database and its tutorials."""

import json
from typing import Annotated, Any

from langchain_core.tools import BaseTool, tool

from ..tools.engines import Engine


def database_tools(engine: Engine) -> list[BaseTool]:
    """Return the tools of one open database; unknown tables or columns are told to the model, not raised."""
    schema = engine.schema()
    columns = {(t.name, c.name) for t in schema.tables for c in t.columns}

    @tool
    def sample_values(
        table: Annotated[str, "a table of the schema"],
        column: Annotated[str, "one of its columns"],
        seed: Annotated[int, "another seed gives other values"] = 0,
    ) -> str:
        """Return up to 20 values that occur in a column, as a JSON list."""
        if (table, column) not in columns:
            return json.dumps({"error": f"there is no column {table}.{column}"})
        values: list[Any] = engine.sample_values(table, column, limit=20, seed=seed)
        return json.dumps(values, default=_plain, ensure_ascii=False)

    return [sample_values]


def _plain(value: Any) -> Any:
    """Return decimals as numbers and everything else, dates above all, as text."""
    return float(value) if type(value).__name__ == "Decimal" else str(value)
