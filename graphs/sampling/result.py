"""From what a model answered to a question to what a sampling run keeps of it."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from sqlglot.errors import SqlglotError

from ...tools.question_sets import Question
from ...tools.skeleton import skeleton
from ...training.preferences import Sample, valid_samples
from ..answering.grading import BAD_GOLD, ungraded_answer
from ..answering.graph import Answered
from ..duplicates import tables_of
from ..run_directory import ItemResult
from ..statistics import features
from ..tracing.trace import Step

_NOT_LOADED = "the database does not load"


def sampled_result(index: int, found: Answered, lineage: dict[str, Any]) -> ItemResult:
    """Return the result of a question: its first right query as a pair, every sample, and the steps for the trace."""
    samples = [Sample(answer, doubt) for answer, doubt in zip(found.answers, found.doubts, strict=True)]
    right = valid_samples(samples, 1)
    pair = _pair(found, right[0].sql, lineage) if right else None
    attempts = _attempts(index, found.question, samples, lineage)
    seconds = sum(step.seconds for step in found.steps)
    why, status = (None, "kept") if right else (_why_rejected(samples), "rejected")
    return ItemResult(
        index,
        "kept" if status == "kept" else "rejected",
        why,
        False,
        pair,
        attempts,
        found.steps,
        seconds,
        {"question": asdict(found.question)},
    )


def not_loaded(
    index: int, question: Question, dialect: str, samples: int, error: Exception, lineage: dict[str, Any]
) -> ItemResult:
    """Return the result of a question whose database cannot be had, for ``error``."""
    why = f"{_NOT_LOADED}: {error}"
    answers = [Sample(ungraded_answer(question, dialect, sample, BAD_GOLD, why)) for sample in range(samples)]
    step = Step("gold", 0.0, {"reason": _NOT_LOADED}, error=str(error))
    return ItemResult(
        index, "rejected", _NOT_LOADED, False, None, _attempts(index, question, answers, lineage), [step], 0.0
    )


def _attempts(index: int, question: Question, samples: list[Sample], lineage: dict[str, Any]) -> list[dict[str, Any]]:
    origin = {"source": question.source, "evidence": question.evidence, **lineage}
    return [{"item": index, **s.answer.record(), "doubt": s.doubt, "lineage": origin} for s in samples]


def _why_rejected(samples: list[Sample]) -> str:
    """Return what became of most samples; of those that match by chance, this first."""
    if any(sample.answer.outcome == "match" for sample in samples):
        return "matches by chance alone"
    [(grade, _)] = Counter(sample.answer.grade for sample in samples).most_common(1)
    return grade


def _pair(found: Answered, sql: str, lineage: dict[str, Any]) -> dict[str, Any]:
    question, dialect = found.question, lineage["dialect"]
    rows = next(step.delta["rows"] for step in found.steps if step.sql == sql)
    return {
        "id": question.id,
        "question": question.question,
        **({"evidence": question.evidence} if question.evidence else {}),
        "sql": sql,
        "database": question.database,
        "source": question.source,
        "rows": rows,
        "keywords": [],
        **_shape(sql, dialect),
        "attempts": len(found.answers),
        "repaired": False,
        **lineage,
    }


def _shape(sql: str, dialect: str) -> dict[str, Any]:
    """Return what a query is made of; nothing of one that only the engine can read."""
    try:
        form = skeleton(sql, dialect)
        parts = {"tables": list(tables_of(sql, dialect)), "features": sorted(features(sql, dialect))}
    except (SqlglotError, RecursionError):
        return {"tables": [], "features": [], "skeleton": None, "template": None}
    return {**parts, "skeleton": form, "template": form}
