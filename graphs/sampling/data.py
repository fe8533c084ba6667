"""The training data of a sampling run, written from what it has committed: whole files, replaced at once."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ...tools.json_lines import write_json_lines
from ...training.graded import GradedAnswer
from ...training.preferences import (
    Preference,
    Sample,
    balanced,
    question_preferences,
    valid_samples,
    wrong_samples,
)
from ...training.prompt_format import FORMAT, Prompt, completion_messages
from ..tracing.trace import Trace

VALID, NEGATIVE, PREFERENCES = "valid.jsonl", "negative.jsonl", "preferences.jsonl"
_PROMPTS = "SELECT item, delta FROM steps WHERE node = 'prompt'"
_FIELDS = tuple(field.name for field in fields(GradedAnswer))


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How many lines each file has."""

    valid: int
    negative: int
    preferences: int


@dataclass(frozen=True, slots=True)
class _Question:
    """The samples of a committed question, and the prompt that they answer: empty where gold does not run."""

    samples: list[Sample]
    lineage: dict[str, Any]
    prompt: Prompt


def committed_samples(run: Path) -> list[Sample]:
    """Return the samples that a run has committed, in order."""
    return [sample for question in _questions(run) for sample in question.samples]


def write_data(run: Path, per_question: int, per_class: int | None) -> DataCounts:
    """Write the three files anew; see docs/howto-sample.md for their fields.

    At most ``per_question`` right queries and pairs come from a question, and ``per_class`` pairs of each grade.
    Raises ``UsageError`` when the disk is full.
    """
    questions = {question.samples[0].answer.id: question for question in _questions(run)}
    pairs = balanced((question_preferences(q.samples, per_question) for q in questions.values()), per_class)
    files = {
        VALID: [_valid(q, s) for q in questions.values() for s in valid_samples(q.samples, per_question)],
        NEGATIVE: [_negative(q, s) for q in questions.values() for s in wrong_samples(q.samples)],
        PREFERENCES: [_preference(questions[pair.chosen.answer.id], pair) for pair in pairs],
    }
    try:
        for name, records in files.items():
            write_json_lines(run / name, records)
    except OSError as error:
        raise UsageError(f"Cannot write to {run}: {error.strerror}. Make room and run the same command.") from error
    return DataCounts(*map(len, files.values()))


def _questions(run: Path) -> Iterator[_Question]:
    """Yield the committed questions in order."""
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        deltas = {row["item"]: json.loads(row["delta"]) for row in trace.query(_PROMPTS)}
    prompts = {item: Prompt(delta["chat"], delta["plain"]) for item, delta in deltas.items()}
    with (run / "attempts.jsonl").open(encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines if line.endswith("\n"))
        for item, found in groupby(records, key=lambda record: record["item"]):
            attempts = list(found)
            samples = [Sample(_answer(each), each["doubt"]) for each in attempts]
            yield _Question(samples, attempts[0]["lineage"], prompts.get(item, Prompt([], "")))


def _answer(record: dict[str, Any]) -> GradedAnswer:
    return GradedAnswer(**{name: record[name] for name in _FIELDS})


def _valid(question: _Question, sample: Sample) -> dict[str, Any]:
    return {**_about(question, sample), **question.lineage}


def _negative(question: _Question, sample: Sample) -> dict[str, Any]:
    answer = sample.answer
    failure = {"grade": answer.grade, "error_class": answer.error_class, "reason": answer.reason, "doubt": sample.doubt}
    return {**_about(question, sample), **failure, **question.lineage}


def _preference(question: _Question, pair: Preference) -> dict[str, Any]:
    """Return a pair in TRL's conversational preference format, with what it is and where it comes from."""
    rejected = pair.rejected.answer
    return {
        "prompt": question.prompt.messages,
        "chosen": completion_messages(pair.chosen.sql),
        "rejected": completion_messages(pair.rejected.sql),
        "id": f"{rejected.id}-{pair.chosen.answer.sample}-{rejected.sample}",
        "question_id": rejected.id,
        "grade": rejected.grade,
        "error_class": rejected.error_class,
        "similarity": pair.similarity,
        "dialect": rejected.dialect,
        "database": rejected.database,
        "evaluation_database": question.lineage["evaluation_database"],
        "plain": question.prompt.plain,
        "prompt_format": FORMAT,
    }


def _about(question: _Question, sample: Sample) -> dict[str, Any]:
    answer = sample.answer
    return {
        "id": f"{answer.id}-{answer.sample}",
        "question_id": answer.id,
        "question": answer.question,
        "sql": answer.sql,
        "gold": answer.gold,
        "gold_dialect": answer.gold_dialect,
        "dialect": answer.dialect,
        "database": answer.database,
        "hardness": answer.hardness,
        "prompt_format": FORMAT,
    }
