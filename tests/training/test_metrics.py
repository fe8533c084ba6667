"""Accuracy, its intervals, the paired test and pass@k: against counting by hand and against properties."""

from dataclasses import replace
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.training.dialect_share import dialect_share
from isogloss.training.graded import GradedAnswer
from isogloss.training.metrics import NO_EVIDENCE, Estimate, accuracy, breakdown, mean_with_interval
from isogloss.training.paired import mcnemar, paired_test
from isogloss.training.pass_at_k import pass_at_k, pass_curve

ONE = GradedAnswer("q", "school", "?", "SELECT 1", "sqlite", "postgres", "easy", 0, "SELECT 1", "match")
OUTCOMES = ("match", "mismatch", "error", "missing", *NO_EVIDENCE)
ROUNDING = 1e-9


def answers(*outcomes: str, of: GradedAnswer = ONE) -> list[GradedAnswer]:
    """Return an answer to a question of its own for each outcome."""
    return [replace(of, id=f"q{place}", outcome=each) for place, each in enumerate(outcomes)]


def samples(question: str, *outcomes: str) -> list[GradedAnswer]:
    return [replace(ONE, id=question, sample=place, outcome=each) for place, each in enumerate(outcomes)]


def contains(estimate: Estimate) -> bool:
    assert estimate.value is not None
    return estimate.low - ROUNDING <= estimate.value <= estimate.high + ROUNDING


def test_what_proves_nothing_is_left_out_and_a_missing_answer_is_wrong() -> None:
    found = accuracy(answers("match", "match", "mismatch", "missing", *NO_EVIDENCE))
    assert (found.estimate.value, found.matched, found.questions, found.left_out, found.strict) == (0.5, 2, 4, 4, 0.25)


def test_nothing_has_no_accuracy() -> None:
    assert accuracy([]).estimate == Estimate(None, 0, 1)
    assert accuracy([]).strict is None
    assert accuracy(answers("vacuous")).estimate.value is None


def test_several_answers_count_by_their_share() -> None:
    found = accuracy(samples("a", "match", "error", "unsupported") + samples("b", "match", "match", "match"))
    assert (found.estimate.value, found.questions) == (0.75, 2)


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=60))
def test_accuracy_is_a_count_with_an_interval_around_it(outcomes: list[str]) -> None:
    found = accuracy(answers(*outcomes))
    proving = [each for each in outcomes if each not in NO_EVIDENCE]
    assert found.strict == outcomes.count("match") / len(outcomes)
    assert found.questions + found.left_out == len(outcomes)
    if proving:
        assert found.estimate.value == pytest.approx(outcomes.count("match") / len(proving))
        assert contains(found.estimate)
        assert 0 <= found.estimate.low < found.estimate.high <= 1


@given(st.lists(st.sampled_from((-1.0, -0.5, 0.0, 0.25, 1.0)), min_size=1, max_size=60))
def test_the_interval_of_a_difference_is_around_it(values: list[float]) -> None:
    found = mean_with_interval(values, lowest=-1.0)
    assert found.value == pytest.approx(sum(values) / len(values))
    assert contains(found)
    assert -1 <= found.low < found.high <= 1


def test_the_interval_is_the_binomial_one_and_the_same_each_time() -> None:
    values = [1.0] * 60 + [0.0] * 40
    found = mean_with_interval(values)
    assert found == mean_with_interval(values[::-1])
    assert (found.low, found.high) == pytest.approx((0.50, 0.70), abs=0.011)  # 0.6 ± 1.96 · sqrt(0.6 · 0.4 / 100)


def test_the_breakdown_goes_from_easy_to_all() -> None:
    given_answers = [
        *answers("match", "error", of=replace(ONE, hardness="extra", error_class="syntax")),
        *answers("mismatch"),
        *answers("match", of=replace(ONE, hardness="unknown")),
        *answers("match", of=replace(ONE, dialect="duckdb")),
    ]
    cells = breakdown(given_answers)
    assert [(c.dialect, c.hardness) for c in cells] == [
        ("duckdb", "easy"),
        ("duckdb", "all"),
        ("postgres", "easy"),
        ("postgres", "extra"),
        ("postgres", "unknown"),
        ("postgres", "all"),
    ]
    assert cells[2].grades == {"runs but differs": 1}
    assert cells[3].grades == {"match": 1, "error(syntax)": 1}
    assert sum(cells[-1].grades.values()) == 4


@given(st.data(), st.integers(1, 8))
def test_pass_at_k_is_the_share_of_subsets_with_a_right_answer(data: st.DataObject, n: int) -> None:
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    subsets = list(combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, subsets)) / len(subsets))


@given(st.data(), st.integers(2, 200))
def test_pass_at_k_grows_with_k_and_c(data: st.DataObject, n: int) -> None:
    c, k = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n - 1))
    assert pass_at_k(n, c, k) <= pass_at_k(n, c, k + 1) + ROUNDING
    assert pass_at_k(n, c, k) < pass_at_k(n, c + 1, k) or pass_at_k(n, c, k) == pytest.approx(1)


@pytest.mark.parametrize(("n", "c", "k"), [(2, 3, 1), (2, -1, 1), (2, 1, 0), (2, 1, 3)])
def test_pass_at_k_of_what_cannot_be(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match=f"of {n} answers"):
        pass_at_k(n, c, k)


def test_the_curve_ends_with_the_fewest_answers_and_counts_missing_questions_as_wrong() -> None:
    curve = pass_curve(
        [
            *samples("a", "match", "error", "error", "error"),
            *samples("b", "match", "match", "mismatch"),
            *samples("c", "missing"),
            *samples("d", "bad_gold"),
        ]
    )
    assert [each.k for each in curve] == [1, 2]
    assert [each.estimate.value for each in curve] == pytest.approx([(1 / 4 + 2 / 3) / 3, (1 / 2 + 1) / 3])
    assert not pass_curve(samples("c", "missing"))


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_two_sided_binomial_test(better: int, worse: int) -> None:
    n, fewer = better + worse, min(better, worse)
    as_extreme = sum(comb(n, i) * 0.5**n for i in range(n + 1) if i <= fewer or i >= n - fewer)
    assert mcnemar(better, worse) == pytest.approx(min(1.0, as_extreme))
    assert mcnemar(better, worse) == mcnemar(worse, better)


def test_systems_are_paired_by_question() -> None:
    first = answers("match", "match", "match", "mismatch", "bad_gold", "match")
    second = answers("match", "error", "missing", "match", "match", "unsupported")[::-1]
    found = paired_test(first, second)
    assert (found.questions, found.first_better, found.second_better) == (4, 2, 1)
    assert (found.first, found.second, found.difference.value) == (0.75, 0.5, 0.25)
    assert found.p_value == 1.0
    assert contains(found.difference)


def test_systems_without_a_common_question_are_no_pair() -> None:
    with pytest.raises(ValueError, match="no question"):
        paired_test(answers("match"), answers("bad_gold"))


def test_a_large_difference_is_no_chance() -> None:
    found = paired_test(answers(*["match"] * 100), answers(*["match"] * 80, *["error"] * 20))
    assert found.p_value == pytest.approx(2 * 0.5**20)
    assert found.difference.low > 0.1


def test_the_share_of_dialect_constructs() -> None:
    references = {"q0": "SELECT a::text FROM t", "q1": "SELECT b FROM t", "q2": "SELECT c::int FROM t", "else": "?"}
    written = ["SELECT a FROM t", "SELECT IFNULL(b, 1) FROM t", "SELECT c::int FROM t", None]
    given_answers = [
        replace(answer, sql=sql)
        for answer, sql in zip(answers("mismatch", "error", "match", "missing"), written, strict=True)
    ]
    found = dialect_share(given_answers, references)
    assert found.references == 3
    assert (found.particular.part, found.particular.whole, found.accuracy.estimate.value) == (1, 2, 0.5)
    assert (found.foreign.part, found.foreign.whole, found.foreign_constructs) == (1, 3, {"IFNULL": 1})
