"""A schema as an agent sees it: whole, or trimmed to a budget of tokens by what the request is about."""

from collections.abc import Mapping
from typing import Any

from ..tools.schema import Schema
from ..tools.schema_excerpt import SchemaExcerpt
from .schema_text import render_table

Samples = Mapping[tuple[str, str], list[Any]]


class SchemaText(SchemaExcerpt):
    """Renders a schema as ``schema_text`` does; with ``tokens``, only as much of it as they hold (estimated)."""

    def __init__(self, schema: Schema, samples: Samples, tokens: int | None = None) -> None:
        super().__init__(schema, lambda table: render_table(table, samples), tokens)
