"""From a question's final state to what a run keeps of it."""

from typing import Any, Literal

from ...tools.hardness import hardness
from ...tools.question_sets import Question
from ...tools.skeleton import skeleton
from ..duplicates import tables_of
from ..run_directory import ItemResult
from ..statistics import features
from ..tracing.trace import Step
from .state import TranslationState

BEGINNING: tuple[Literal["index", "question", "gold"], ...] = ("index", "question", "gold")


def translated(state: TranslationState, question: Question, lineage: dict[str, Any]) -> ItemResult:
    """Return the result of a question: its pair if the rows match, every attempt, and the steps for the trace."""
    steps = [Step(**step) for step in state["steps"]]
    about = {"item": state["index"], "id": question.id, "database": question.database}
    attempts = [{**about, **attempt} for attempt in state["attempts"]]
    kept = state["status"] == "kept"
    return ItemResult(
        state["index"],
        "kept" if kept else "rejected",
        None if kept else state["reason"],
        kept and state["by"] != "sqlglot",
        _pair(state, question, lineage) if kept else None,
        attempts,
        steps,
        sum(step.seconds for step in steps),
        {name: state[name] for name in BEGINNING},
    )


def _pair(state: TranslationState, question: Question, lineage: dict[str, Any]) -> dict[str, Any]:
    sql, dialect = state["sql"], lineage["dialect"]
    shape = skeleton(sql, dialect)
    return {
        "id": f"{question.id}-{dialect}",
        "question": question.question,
        **({"evidence": question.evidence} if question.evidence else {}),
        "sql": sql,
        "source_sql": question.sql,
        "source_dialect": question.dialect,
        "source_id": question.id,
        "database": question.database,
        "source": question.source,
        "translated_by": state["by"],
        "rows": state["attempts"][-1]["rows"],
        "tables": list(tables_of(sql, dialect)),
        "keywords": [],
        "features": sorted(features(sql, dialect)),
        "hardness": hardness(question.sql, question.dialect).value,
        "skeleton": shape,
        "template": shape,
        "attempts": len(state["attempts"]),
        "repaired": state["by"] != "sqlglot",
        **lineage,
    }
