"""What each agent is asked: the material of its request as messages."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from ..knowledge.snippet import Hit
from .prompting import request

_LONGEST_CELL = 200  # characters of a value


def snippets_text(hits: Sequence[Hit]) -> str:
    """Return snippets as text: an id line, the title, the body and the keywords they teach."""
    parts = []
    for hit in hits:
        snippet = hit.snippet
        taught = "" if "Keywords:" in snippet.text else f"\nKeywords: {', '.join(snippet.keywords)}"
        parts.append(f"### {snippet.id}\n{snippet.title}\n{snippet.text}{taught}")
    return "\n".join(parts)


def rows_text(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a JSON list of lists; of a long text its beginning."""
    return json.dumps([[_shown(value) for value in row] for row in rows], default=str, ensure_ascii=False)


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def expand_request(dialect: str, template: str, hits: Sequence[Hit], kinds: str, variation: int) -> list[BaseMessage]:
    """Ask the generator to expand ``template`` with what ``hits`` teach; another variation, another reply.

    ``kinds`` names the kinds of columns that the database has.
    """
    return request(
        "expand",
        dialect,
        {
            "dialect": dialect,
            "template": template,
            "snippets": snippets_text(hits),
            "kinds": kinds,
            "variation": str(variation),
        },
    )


def fill_request(dialect: str, template: str, schema: str, variation: int) -> list[BaseMessage]:
    """Ask the generator to fill ``template`` for ``schema`` and to write the question."""
    return request(
        "fill",
        dialect,
        {"dialect": dialect, "template": template, "schema": schema, "variation": str(variation)},
    )


def critique_request(
    dialect: str, question: str, sql: str, rows: Sequence[Sequence[Any]], schema: str
) -> list[BaseMessage]:
    """Ask the critic whether ``sql`` answers ``question``, given the first rows of the result."""
    return request(
        "critique",
        dialect,
        {"dialect": dialect, "question": question, "sql": sql, "rows": rows_text(rows), "schema": schema},
    )


def repair_request(dialect: str, attempt: dict[str, Any], hits: Sequence[Hit], schema: str) -> list[BaseMessage]:
    """Ask the repairer to mend the query of a failed ``attempt`` with what ``hits`` teach."""
    return request(
        "repair",
        dialect,
        {
            "dialect": dialect,
            "question": attempt["question"],
            "sql": attempt["sql"],
            "outcome": attempt["outcome"],
            "error_class": attempt["error_class"] or "",
            "error": attempt["error"] or "",
            "attempt": str(attempt["number"]),
            "snippets": snippets_text(hits),
            "schema": schema,
        },
    )


def translate_request(
    dialect: str, gold: str, gold_dialect: str, attempt: dict[str, Any], hits: Sequence[Hit], schema: str
) -> list[BaseMessage]:
    """Ask the repairer for a query that gives the rows of ``gold``, after an ``attempt`` that did not."""
    return request(
        "translate",
        dialect,
        {
            "dialect": dialect,
            "question": attempt["question"],
            "original_dialect": gold_dialect,
            "original": gold,
            "sql": attempt["sql"],
            "outcome": attempt["outcome"],
            "error_class": attempt["error_class"] or "",
            "error": attempt["error"] or attempt["reason"] or "",
            "rows_missing": rows_text(attempt["rows_missing"]),
            "rows_not_wanted": rows_text(attempt["rows_not_wanted"]),
            "attempt": str(attempt["number"]),
            "snippets": snippets_text(hits),
            "schema": schema,
        },
    )
