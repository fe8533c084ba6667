"""Which samples become training data: right ones once, proved wrong ones, and pairs that no kind of error outweighs."""

from typing import Any

import pytest
from isogloss.training.graded import GradedAnswer
from isogloss.training.preferences import (
    Preference,
    Sample,
    balanced,
    is_proved_wrong,
    question_preferences,
    similarity,
    valid_samples,
    wrong_samples,
)

GOLD = "SELECT name FROM pupil WHERE age > 10"


def sample(sql: str | None, outcome: str = "match", error_class: str | None = None, **more: Any) -> Sample:
    """Return a sample of question ``more["id"]``, whose number is ``more["number"]``."""
    answer = GradedAnswer(
        id=more.get("id", "q"),
        database="school",
        question="Who is older than 10?",
        gold=GOLD,
        gold_dialect="sqlite",
        dialect="duckdb",
        hardness="easy",
        sample=more.get("number", 0),
        sql=sql,
        outcome=outcome,
        error_class=error_class,
    )
    return Sample(answer, more.get("doubt"))


def queries(samples: list[Sample]) -> list[str]:
    return [each.sql for each in samples]


def test_right_queries_are_taken_once_in_their_order() -> None:
    samples = [
        sample("SELECT name FROM pupil WHERE 10 < age"),
        sample(GOLD, doubt="ties decide"),
        sample("select NAME\nfrom pupil -- all\nwhere 10 < age"),
        sample(GOLD),
        sample("SELECT x", "mismatch"),
    ]
    assert queries(valid_samples(samples, 4)) == [samples[0].sql, GOLD]
    assert queries(valid_samples(samples, 1)) == [samples[0].sql]


def test_wrong_queries_are_taken_once_and_no_query_is_none() -> None:
    samples = [sample(GOLD), sample("SELECT (", "error", "syntax"), sample("SELECT  (", "error", "syntax")]
    samples += [sample(None, "missing"), sample("SELECT 1", "mismatch"), sample("select 1", "timeout")]
    assert queries(wrong_samples(samples)) == ["SELECT (", "SELECT 1"]


@pytest.mark.parametrize(
    ("outcome", "error_class", "doubt", "proved"),
    [
        ("mismatch", None, None, True),
        ("mismatch", None, "ties decide which rows or values it gives", False),
        ("error", "syntax", None, True),
        ("error", "unknown_column", None, True),
        ("error", "syntax", "the reply was cut off in the query", False),
        ("error", "resources", None, False),
        ("error", "engine_lost", None, False),
        ("error", "permission", None, False),
        *[
            (outcome, None, None, False)
            for outcome in ("match", "vacuous", "nondeterministic", "timeout", "too_large", "rejected", "unsupported")
        ],
    ],
)
def test_only_what_is_proved_wrong_is_rejected(
    outcome: str, error_class: str | None, doubt: str | None, proved: bool
) -> None:
    assert is_proved_wrong(sample("SELECT 1", outcome, error_class, doubt=doubt)) is proved


def test_a_wrong_query_stands_beside_the_right_one_most_like_it() -> None:
    right = [sample("SELECT p.name FROM pupil AS p WHERE p.age >= 11"), sample(GOLD)]
    [pair] = question_preferences([*right, sample("SELECT name FROM pupil WHERE age > 11", "mismatch")], 4)
    assert pair.chosen.sql == GOLD
    assert pair.similarity == similarity(GOLD, pair.rejected.sql, "duckdb") > 0.8


def test_what_runs_comes_before_errors_and_syntax_errors_last() -> None:
    samples = [
        sample(GOLD),
        sample("SELECT name FROM pupil WHERE (age > 10", "error", "syntax"),
        sample("SELECT nam FROM pupil WHERE age > 10", "error", "unknown_column"),
        sample("SELECT 1", "mismatch"),
        sample("SELECT name FROM pupil", "mismatch"),
    ]
    grades = [pair.rejected.answer.grade for pair in question_preferences(samples, 3)]
    assert grades == ["runs but differs", "runs but differs", "error(unknown_column)"]
    first, second, _ = question_preferences(samples, 3)
    assert first.similarity > second.similarity


def test_without_a_right_query_there_is_no_pair() -> None:
    assert question_preferences([sample("SELECT 1", "mismatch"), sample(GOLD, doubt="chance")], 4) == []


def pairs_of(question: str, **counts: int) -> list[Preference]:
    """Return a question's pairs: so many of each outcome or error class."""
    return [
        Preference(
            sample(GOLD, id=question),
            sample(f"SELECT {n}", *(("mismatch",) if kind == "differs" else ("error", kind)), id=question, number=n),
            0.5,
        )
        for kind, count in counts.items()
        for n in range(count)
    ]


def grades_of(pairs: list[Preference]) -> dict[str, int]:
    found = [pair.rejected.answer.grade for pair in pairs]
    return {grade: found.count(grade) for grade in dict.fromkeys(found)}


def test_no_kind_of_error_outweighs_the_queries_that_run() -> None:
    kept = balanced([pairs_of("a", differs=2, syntax=9, grouping=1), pairs_of("b", differs=1, syntax=9)])
    assert grades_of(kept) == {"runs but differs": 3, "error(syntax)": 3, "error(grouping)": 1}


def test_where_none_runs_the_rarest_error_is_the_measure() -> None:
    assert grades_of(balanced([pairs_of("a", syntax=9, grouping=2)])) == {"error(syntax)": 2, "error(grouping)": 2}
    assert balanced([]) == []


def test_a_cap_of_ones_own_holds_for_every_class() -> None:
    kept = balanced([pairs_of("a", differs=5, syntax=9)], 2)
    assert grades_of(kept) == {"runs but differs": 2, "error(syntax)": 2}


def test_every_question_has_its_turn_before_any_has_a_second() -> None:
    kept = balanced([pairs_of("a", syntax=5), pairs_of("b", syntax=5), pairs_of("c", syntax=5)], 4)
    assert [pair.rejected.answer.id for pair in kept] == ["a", "a", "b", "c"]


def test_similarity_counts_tokens_and_bears_what_is_none() -> None:
    assert similarity("SELECT a FROM t", "select A\nfrom  t", "duckdb") == 1.0
    assert similarity("SELECT 'A'", "SELECT 'a'", "duckdb") == 0.5
    assert similarity("SELECT a FROM t", "SELECT b FROM t", "duckdb") == 0.75
    assert 0 < similarity("SELECT 'a FROM t", "SELECT b FROM t", "duckdb") < 1
