"""The pairs of a run, read, drawn and counted without holding them all."""

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.dataset import read_pairs, sample_pairs
from isogloss.graphs.dataset_statistics import Distinct, dataset_statistics, statistics_of
from isogloss.tools.errors import UsageError

from .made_pairs import pair, run_of

QUESTIONS = st.lists(st.text(" ab", max_size=12), max_size=20)


def test_pairs_are_read_in_order_without_a_line_still_being_written(tmp_path: Path) -> None:
    pairs = [pair(n, question="Zeile\u2028 and\x85 more") for n in range(3)]
    assert list(read_pairs(run_of(tmp_path, pairs, '{"id": "half'))) == pairs


@pytest.mark.parametrize("line", [b"[1]", b"{}", b'{"question": "a"', b'"a"', b"", b'{"question": "\xe9"}'])
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: bytes) -> None:
    run = run_of(tmp_path, [pair(0)])
    with (run / "pairs.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(UsageError, match=r"pairs\.jsonl, line 2 is not a pair"):
        list(read_pairs(run))


@pytest.mark.parametrize(("n", "of"), [(1, 50), (5, 50), (50, 50), (70, 50), (3, 0)])
def test_a_seed_draws_what_python_draws_of_the_list(tmp_path: Path, n: int, of: int) -> None:
    run = run_of(tmp_path, [pair(number) for number in range(of)], "{")
    for seed in range(5):
        chosen = sorted(random.Random(seed).sample(range(of), min(n, of)))
        assert sample_pairs(run, n, seed) == [pair(number) for number in chosen]


def test_without_a_seed_the_first_are_taken_and_no_more_read(tmp_path: Path) -> None:
    run = run_of(tmp_path, [pair(0), pair(1)], "broken\n")
    assert sample_pairs(run, 2) == [pair(0), pair(1)]


def test_a_dataset_is_counted(tmp_path: Path) -> None:
    statistics = dataset_statistics(run_of(tmp_path, [pair(n) for n in range(10)]))
    assert (statistics.pairs, statistics.repaired, statistics.templates, statistics.skeletons) == (10, 4, 7, 1)
    assert (statistics.features, statistics.tables, statistics.keywords) == ({"join": 5}, {"t": 10}, {"IIF": 10})
    assert dataset_statistics(run_of(tmp_path / "none", [])).question_words == (0, 0, 0)


def test_a_word_that_a_pair_has_twice_counts_once() -> None:
    twice = [pair(0, tables=["b", "a", "b"], keywords=["IIF", "IIF"]), pair(1, tables=["b"])]
    assert statistics_of(twice).tables == {"b": 2, "a": 1}
    assert statistics_of(twice).keywords == {"IIF": 2}


@given(QUESTIONS)
def test_the_median_is_the_one_in_the_middle(questions: list[str]) -> None:
    words = sorted(len(question.split()) for question in questions) or [0]
    counted = statistics_of(pair(0, question=question) for question in questions).question_words
    assert counted == (words[0], words[len(words) // 2], words[-1])


@given(st.lists(st.none() | st.text(max_size=3)))
def test_distinct_texts_are_those_of_a_set(texts: list[str | None]) -> None:
    distinct = Distinct()
    for text in texts:
        distinct.add(text)
    assert len(distinct) == len(set(texts))


def test_ten_times_the_pairs_take_hardly_more_memory(tmp_path: Path) -> None:
    few, many = (run_of(tmp_path / str(n), [pair(i, skeleton=f"S{i}") for i in range(n)]) for n in (500, 5000))
    reads: list[Callable[[Path], Any]] = [dataset_statistics, lambda run: sample_pairs(run, 5, seed=1)]
    for read in reads:
        read(few)
        assert _peak(read, many) < _peak(read, few) + 16 * 5000 * 5  # of each pair some numbers, of none its text


def _peak(read: Callable[[Path], Any], run: Path) -> int:
    tracemalloc.start()
    try:
        read(run)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
