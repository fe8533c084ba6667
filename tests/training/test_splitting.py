"""Held-out examples share neither a database nor a template with training, and few are lost for it."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.errors import UsageError
from isogloss.training.examples import Example
from isogloss.training.prompt_format import Prompt
from isogloss.training.splitting import Split, split

Cell = tuple[int, int]
cells = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=60)
shares = st.floats(0.01, 0.6)
seeds = st.integers(0, 99)


def examples(found: list[Cell]) -> list[Example]:
    return [
        Example(str(place), Prompt([], f"{place}"), "SELECT 1", "sqlite", f"d{database}", f"t{template}")
        for place, (database, template) in enumerate(found)
    ]


def sides(parts: Split, name: str) -> tuple[set[str], set[str]]:
    return {getattr(e, name) for e in parts.train}, {getattr(e, name) for e in parts.held_out}


@given(cells, shares, seeds)
def test_the_parts_are_disjoint_and_whole(found: list[Cell], share: float, seed: int) -> None:
    rows = examples(found)
    parts = split(rows, share, seed)
    assert Counter(e.id for part in (parts.train, parts.held_out, parts.left_out) for e in part) == Counter(
        e.id for e in rows
    )
    trained, held = sides(parts, "template")
    assert not trained & held
    databases, held_databases = sides(parts, "database")
    assert len({e.database for e in rows}) == 1 or not databases & held_databases
    for example in parts.left_out:  # none is left out that could have stayed on either side
        in_database, in_template = example.database in held_databases, example.template in held
        assert not (example.database in databases and example.template in trained)
        assert not (in_database and in_template)


@given(cells, shares, seeds, st.randoms())
def test_the_order_of_the_examples_plays_no_part(
    found: list[Cell], share: float, seed: int, shuffle: random.Random
) -> None:
    rows = examples(found)
    once, again = split(rows, share, seed), split(shuffle.sample(rows, len(rows)), share, seed)
    for name in ("train", "held_out", "left_out"):
        assert {e.id for e in getattr(once, name)} == {e.id for e in getattr(again, name)}


@given(st.lists(st.integers(0, 30), min_size=40, max_size=120), st.floats(0.1, 0.4), seeds)
def test_of_one_database_templates_alone_are_held_out(templates: list[int], share: float, seed: int) -> None:
    rows = examples([(0, template) for template in templates])
    parts = split(rows, share, seed)
    largest = max(Counter(templates).values())
    assert not parts.left_out
    if len(set(templates)) > 1:
        assert parts.train
        assert parts.held_out
        assert abs(len(parts.held_out) - share * len(rows)) <= largest + 1


def test_where_databases_have_templates_of_their_own_none_is_lost_and_the_share_is_met() -> None:
    rows = examples([(database, 100 * database + place) for database in range(20) for place in range(50)])
    parts = split(rows, 0.1, 0)
    assert len(parts.held_out) == 100
    assert not parts.left_out


def test_templates_that_all_databases_have_cost_as_little_as_they_may() -> None:
    """With d of the databases and t of the templates held out, d t is the share; the least is lost where d = t."""
    rows = examples([(database, place) for database in range(20) for place in range(20)])
    parts = split(rows, 0.09, 0)
    assert abs(len(parts.held_out) - 36) <= 4
    assert len(parts.left_out) <= 2 * 0.3 * 0.7 * 400 + 40


def test_shared_templates_are_kept_in_training_where_others_suffice() -> None:
    shared = [(database, 0) for database in range(10) for _ in range(5)]
    own = [(database, 1 + database) for database in range(10) for _ in range(5)]
    parts = split(examples(shared + own), 0.1, 3)
    assert {e.template for e in parts.train} >= {"t0"}
    assert len(parts.held_out) == 10
    assert len(parts.left_out) == 10


@pytest.mark.parametrize("found", [[], [(0, 0)] * 9, [(0, 0), (1, 0)] * 5])
def test_what_cannot_be_parted_is_all_to_train_on(found: list[Cell]) -> None:
    parts = split(examples(found), 0.2, 0)
    assert len(parts.train) == len(found)
    assert not parts.held_out + parts.left_out


def test_without_a_share_nothing_is_held_out() -> None:
    parts = split(examples([(database, database) for database in range(9)]), 0, 0)
    assert len(parts.train) == 9


def test_another_seed_holds_out_others() -> None:
    rows = examples([(database, 100 * database + place) for database in range(20) for place in range(5)])
    assert len({tuple(e.id for e in split(rows, 0.1, seed).held_out) for seed in range(5)}) > 1


@pytest.mark.parametrize("share", [-0.1, 1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="give one from 0 to less than 1"):
        split([], share, 0)
