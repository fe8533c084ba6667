"""From samples to grades, doubts and preferences: the graph that executes answers beside gold."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.agents.budget import Budget
from isogloss.agents.channel import open_channel
from isogloss.agents.sampler import Sampler, SamplingSettings
from isogloss.agents.scripted import ScriptedModel
from isogloss.graphs.answering.grading import doubt_about, graded_answer
from isogloss.graphs.answering.graph import AnswerBench, Answered, answered
from isogloss.graphs.arena import Arena, open_arena
from isogloss.tools.compare import compare
from isogloss.tools.dialect_schema import dialect_schema
from isogloss.tools.outcome import Limits, Outcome
from isogloss.tools.question_sets import Question
from isogloss.training.graded import GradedAnswer
from isogloss.training.pass_at_k import pass_curve
from isogloss.training.preferences import DIFFERS, Preference, Sample, balanced, question_preferences

from .school_database import school


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("arena")
    with open_arena(str(school(folder)), "sqlite", "sqlite", 1, Limits(seconds=5.0)) as opened:
        yield opened


def graph_answers(arena: Arena, asked: Question, *replies: str) -> Answered:
    model = ScriptedModel()
    for reply in replies:
        model.enqueue(text=reply)
    channel = open_channel("scripted", in_flight=1, budget=Budget())
    assert channel is not None
    sampler = Sampler(model, channel, SamplingSettings(n=len(replies)))
    bench = AnswerBench(arena, dialect_schema(arena.engine), sampler, doubting=True)

    async def first() -> Answered:
        async with aclosing(answered([asked], bench, 1)) as found:
            async for each in found:
                return each
        raise AssertionError("nothing was answered")

    return asyncio.run(first())


ASKED = Question("q", "Who is older than 10?", "SELECT name FROM pupil WHERE age > 10", "school", "")


def test_the_graph_executes_a_query_once_and_records_every_step(arena: Arena) -> None:
    same = "SELECT name FROM pupil WHERE age > 10"
    found = graph_answers(arena, ASKED, same, "no idea", f"```sql\n{same}\n```", "SELECT name FROM pupil")
    assert sorted(answer.outcome for answer in found.answers) == ["match", "match", "mismatch", "missing"]
    assert [answer.sample for answer in found.answers] == [0, 1, 2, 3]
    nodes = Counter(step.node for step in found.steps)
    assert nodes == {"gold": 1, "prompt": 1, "generate": 4, "extract": 1, "grade": 2}
    assert {step.sql for step in found.steps if step.node == "grade"} == {same, "SELECT name FROM pupil"}
    json.dumps([step.rows for step in found.steps])


@pytest.mark.parametrize(
    ("gold", "outcome"),
    [
        ("SELECT name FROM pupil LIMIT 1", "nondeterministic"),
        ("SELECT name FROM pupil WHERE age > 99", "vacuous"),
    ],
)
def test_gold_that_proves_nothing_settles_every_sample(arena: Arena, gold: str, outcome: str) -> None:
    asked = Question("q", "Who?", gold, "school", "")
    found = graph_answers(arena, asked, gold, "no idea", "SELECT nickname FROM pupil", "SELECT name FROM pupil")
    assert {answer.outcome for answer in found.answers} == {outcome}
    assert pass_curve(found.answers) == []


@pytest.mark.parametrize(
    ("sql", "outcome", "doubt"),
    [
        ("SELECT name FROM pupil WHERE age > 10 ORDER BY name", "match", None),
        ("SELECT name FROM pupil WHERE age > 10 LIMIT 3", "mismatch", "ties decide"),
        ("SELECT 'Ann' FROM pupil WHERE random() = 0.5", "mismatch", "value changes"),
    ],
)
def test_what_chance_decides_is_doubted(arena: Arena, sql: str, outcome: str, doubt: str | None) -> None:
    found = graph_answers(arena, ASKED, sql)
    assert found.answers[0].outcome == outcome
    assert (found.doubts[0] is None) == (doubt is None)
    assert (doubt or "") in (found.doubts[0] or "")


def test_rows_in_another_order_are_the_same_rows(arena: Arena) -> None:
    ordered = Question("q", "Oldest first?", "SELECT name FROM pupil ORDER BY age DESC, name", "school", "")
    found = graph_answers(arena, ordered, "SELECT name FROM pupil ORDER BY age, name")
    assert (found.answers[0].outcome, found.doubts[0]) == ("mismatch", "the rows differ in their order alone")


POOL = (
    "SELECT name FROM pupil WHERE age > 10",
    "SELECT p.name FROM pupil p WHERE p.age >= 11",
    "SELECT name FROM pupil WHERE age > 10 ORDER BY age, name",
    "SELECT name FROM pupil WHERE age > 10 ORDER BY age DESC, name",
    "SELECT name FROM pupil WHERE age > 9.5 LIMIT 4",
    "SELECT name, age FROM pupil WHERE age > 10",
    "SELECT age, name FROM pupil WHERE age > 10",
    "SELECT name FROM pupil ORDER BY age DESC LIMIT 2",
    "SELECT name FROM pupil ORDER BY random() LIMIT 4",
    "SELECT name FROM pupil WHERE age > 99",
    "SELECT nickname FROM pupil",
    "SELECT name FROM pupils",
    "SELECT name FROM pupil WHERE (age > 10",
    "DROP TABLE pupil",
)
GOLD = POOL[:8]


class Grader:
    """Grades queries of the pool once each."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.known: dict[tuple[str, str], tuple[GradedAnswer, str | None]] = {}

    def sample(self, asked: Question, number: int, sql: str) -> Sample:
        if (asked.sql, sql) not in self.known:
            gold = self.arena.gold(asked.sql)
            comparison = self.arena.grade(gold, sql)
            answer = graded_answer(asked, "sqlite", number, sql, comparison, gold)
            self.known[asked.sql, sql] = answer, doubt_about(self.arena, gold, comparison)
        return Sample(*self.known[asked.sql, sql])


@pytest.fixture(scope="module")
def grader(arena: Arena) -> Grader:
    return Grader(arena)


@given(
    st.lists(st.tuples(st.sampled_from(GOLD), st.lists(st.sampled_from(POOL), max_size=12)), max_size=5),
    st.integers(1, 4),
    st.none() | st.integers(1, 3),
)
@settings(deadline=None, max_examples=150)
def test_preferences_differ_in_rows_and_are_balanced(
    grader: Grader, asked: list[tuple[str, list[str]]], per_question: int, per_class: int | None
) -> None:
    listed: list[list[Preference]] = []
    for number, (gold, sqls) in enumerate(asked):
        made = Question(f"q{number}", "Who?", gold, "school", "")
        listed.append(question_preferences([grader.sample(made, k, s) for k, s in enumerate(sqls)], per_question))
        assert len(listed[-1]) <= per_question
    kept = balanced(listed, per_class)
    for pair in kept:
        chosen, rejected = (grader.arena.engine.execute(each.sql) for each in (pair.chosen, pair.rejected))
        assert chosen.outcome is Outcome.RUNS
        assert rejected.outcome is not Outcome.RUNS or compare(chosen, rejected, ordered=False) is Outcome.MISMATCH
    counts = Counter(pair.rejected.answer.grade for pair in kept)
    cap = per_class or counts[DIFFERS] or min(counts.values(), default=0)
    assert all(count <= cap for count in counts.values())
