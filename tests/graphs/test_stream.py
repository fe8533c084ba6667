"""What the items of a run begin with."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.stream import Items
from isogloss.tools.templates import Template

NAMES = st.lists(st.text(min_size=1), min_size=1, max_size=9, unique=True)


@given(NAMES, NAMES, st.integers())
def test_every_template_has_every_keyword_once_before_any_comes_again(
    names: list[str], keywords: list[str], seed: int
) -> None:
    items = Items([Template(name, "sqlite", name) for name in names], keywords, seed)
    drawn: dict[str, list[str]] = defaultdict(list)
    for index in range(2 * len(names) * len(keywords)):
        beginning = items.begin(index)
        assert beginning == items.begin(index)
        drawn[beginning["seed_template"]].append(beginning["focus"])
    assert sorted(drawn) == sorted(names)
    for focuses in drawn.values():
        first, again = focuses[: len(keywords)], focuses[len(keywords) :]
        assert sorted(first) == sorted(keywords)
        assert again == first


def test_templates_have_orders_of_their_own_and_so_have_seeds() -> None:
    templates = [Template(f"SELECT {number}", "sqlite", f"seed {number}") for number in range(4)]
    keywords = [f"keyword {number}" for number in range(20)]

    def orders(seed: int) -> set[tuple[str, ...]]:
        items = Items(templates, keywords, seed)
        rounds = range(0, 80, 4)
        return {tuple(items.begin(place + each)["focus"] for each in rounds) for place in range(4)}

    assert len(orders(0)) == 4
    assert not orders(0) & orders(1)
