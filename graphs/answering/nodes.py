"""The nodes of the answering graph: each takes a question's state and returns what it changes, with steps."""

import asyncio
from dataclasses import asdict

from ...agents.sampler import was_cut_off
from ...tools.compare import Comparison
from ...tools.extraction import extract_sql
from ...tools.gold import Gold
from ...tools.outcome import Outcome
from ...training.graded import GradedAnswer
from ...training.prompt_format import FORMAT
from ..cleaning import Cleaner
from ..recording import Update, step
from .grading import BAD_GOLD, doubt_about, graded_answer, missing_answer, ungraded_answer
from .prompting import question_prompt
from .state import AnswerBench, AnswerState, question_of

_SHOWN_ROWS = 5  # of each result, in the trace
_NO_QUERY = "the reply holds no query"
_CUT_OFF = "the reply was cut off in the query"


async def gold(state: AnswerState, bench: AnswerBench) -> Update:
    """Establish what the gold query gives; where it does not run, no model is asked."""
    question = question_of(state)
    found = await asyncio.to_thread(bench.arena.gold, question.sql)
    told = step("gold", {"unstable": found.unstable, "vacuous": found.vacuous}, error=found.failure)
    if found.failure is None:
        return told
    samples = range(bench.sampler.settings.requests)
    answers = [ungraded_answer(question, bench.dialect, k, BAD_GOLD, found.failure) for k in samples]
    return {"answers": list(map(asdict, answers)), "doubts": [None for _ in samples], **told}


async def prompt(state: AnswerState, bench: AnswerBench) -> Update:
    """Write the prompt, with the part of the schema that the question is about."""
    question = question_of(state)
    made = question_prompt(bench.schema, bench.dialect, question.question, question.evidence)
    both = {"chat": made.messages, "plain": made.plain}
    return {**both, **step("prompt", {"format": FORMAT, **both})}


async def generate(state: AnswerState, bench: AnswerBench) -> Update:
    """Let the model answer, once for each sample."""
    found = await bench.sampler.sample(state["question"]["id"], state["chat"], state["plain"])
    steps = [step("generate", {"sample": k, "problem": a.problem}, answer=a)["steps"][0] for k, a in enumerate(found)]
    return {
        "replies": [str(answer.message.text) for answer in found],
        "cut": [was_cut_off(answer.message) for answer in found],
        "problems": [answer.problem for answer in found],
        "steps": steps,
    }


async def extract(state: AnswerState, bench: AnswerBench) -> Update:
    """Find the query in each reply."""
    queries = await asyncio.to_thread(lambda: [extract_sql(reply, bench.dialect) for reply in state["replies"]])
    found = [sql for sql in queries if sql is not None]
    under_way: Update = {"sql": found[-1]} if found else {}
    return {"queries": queries, **under_way, **step("extract", {"queries": queries})}


async def grade(state: AnswerState, bench: AnswerBench) -> Update:
    """Execute each query once, however many samples have it, and compare its rows with gold's."""
    question, queries = question_of(state), state["queries"]
    reference = await asyncio.to_thread(bench.arena.gold, question.sql)
    distinct = list(dict.fromkeys(sql for sql in queries if sql is not None))
    judged = await asyncio.gather(*(asyncio.to_thread(_judged, bench, reference, sql) for sql in distinct))
    by_query = dict(zip(distinct, judged, strict=True))

    def answer(sample: int, sql: str | None) -> GradedAnswer:
        if sql is None:
            why = state["problems"][sample] or _NO_QUERY
            return missing_answer(question, bench.dialect, sample, reference, why)
        return graded_answer(question, bench.dialect, sample, sql, by_query[sql][0], reference)

    return {
        "answers": [asdict(answer(sample, sql)) for sample, sql in enumerate(queries)],
        "doubts": [_doubt(state, sample, *by_query[sql]) if sql else None for sample, sql in enumerate(queries)],
        "steps": [_grade_step(sql, *found) for sql, found in by_query.items()] or step("grade", {})["steps"],
    }


def _judged(bench: AnswerBench, reference: Gold, sql: str) -> tuple[Comparison, str | None]:
    comparison = bench.arena.grade(reference, sql)
    return comparison, doubt_about(bench.arena, reference, comparison) if bench.doubting else None


def _doubt(state: AnswerState, sample: int, comparison: Comparison, doubt: str | None) -> str | None:
    """Return the doubt about a query, or that it fails because the reply was cut off in it."""
    if not state["cut"][sample] or comparison.outcome is Outcome.MATCH:
        return doubt
    return _CUT_OFF if state["replies"][sample].rstrip().endswith(comparison.predicted.sql) else doubt


def _grade_step(sql: str, comparison: Comparison, doubt: str | None) -> Update:
    predicted = comparison.predicted
    recorded = step(
        "grade",
        {"label": comparison.label.value, "rows": len(predicted.rows), "reason": comparison.reason, "doubt": doubt},
        sql=sql,
        outcome=comparison.outcome.value,
        error_class=predicted.error_class and predicted.error_class.value,
        error=predicted.error,
        rows=Cleaner().value(predicted.rows[:_SHOWN_ROWS]),
    )
    found: Update = recorded["steps"][0]
    return found
