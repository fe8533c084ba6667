"""What calls cost, and where spending stops."""

import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.agents.budget import Budget, BudgetSpent, Usage, priced, reported_usage
from isogloss.agents.channel import open_channel
from isogloss.agents.prices import Price, own_prices, price_of
from isogloss.tools.errors import UsageError
from langchain_core.messages import AIMessage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))


def spend(budget: Budget, calls: list[tuple[Usage, Usage]]) -> int:
    """Make the calls at once, each given as what is expected and what it takes; return how many were made."""

    async def call(expected: Usage, used: Usage) -> None:
        await budget.reserve(expected)
        await asyncio.sleep(random.random() / 1000)
        await budget.settle(expected, used)

    async def all_at_once() -> list[BaseException | None]:
        return await asyncio.gather(*(call(*c) for c in calls), return_exceptions=True)

    outcomes = asyncio.run(asyncio.wait_for(all_at_once(), 10))
    assert all(o is None or isinstance(o, BudgetSpent) for o in outcomes)
    return outcomes.count(None)


usages = st.builds(Usage, st.integers(0, 500), st.integers(0, 500), st.floats(0, 0.1))


@given(st.lists(usages, max_size=30), st.floats(0, 1), st.integers(0, 5000))
def test_calls_that_take_what_is_expected_never_exceed_the_limit(
    calls: list[Usage], max_cost: float, max_tokens: int
) -> None:
    budget = Budget(max_cost, max_tokens)
    spend(budget, [(usage, usage) for usage in calls])
    assert budget.spent.cost is not None
    assert budget.spent.cost <= max_cost
    assert budget.spent.tokens <= max_tokens


def test_a_call_waits_for_what_others_leave() -> None:
    expected, used = Usage(0, 60), Usage(0, 10)
    assert spend(Budget(max_tokens=100), [(expected, used)] * 5) == 5


def test_spent_is_spent_and_says_how_to_go_on() -> None:
    budget = Budget(max_cost=1.0, spent=Usage(1, 1, 0.9))
    with pytest.raises(BudgetSpent, match=r"\$0\.9000 of \$1 are spent.*same command"):
        asyncio.run(budget.reserve(Usage(1, 1, 0.2)))
    with pytest.raises(BudgetSpent):
        asyncio.run(budget.reserve(Usage()))


def test_an_unknown_price_is_not_nothing() -> None:
    message = AIMessage("", usage_metadata={"input_tokens": 2_000_000, "output_tokens": 1_000_000, "total_tokens": 3})
    assert reported_usage(message, None).cost is None
    assert (reported_usage(message, None) + Usage(1, 1, 5.0)).cost is None
    assert reported_usage(message, Price(0.5, 2.0)).cost == pytest.approx(3.0)
    assert priced(0, 0, None).cost == 0.0


def test_prices_by_name() -> None:
    assert price_of("openai:gpt-4o-mini") == Price(0.15, 0.6)
    assert price_of("openai:gpt-4o-mini-2024-07-18") == Price(0.15, 0.6)
    assert price_of("anthropic:claude-haiku-4-5-20251001") == Price(1.0, 5.0)
    assert price_of("ollama:anything") == Price(0.0, 0.0)
    assert price_of("openai:gpt-4o-mini", "http://127.0.0.1:8000/v1") is None
    assert price_of("openai:no-such-model") is None


def test_the_users_prices_come_first() -> None:
    own_prices().write_text("model\tinput\toutput\nopenai:gpt-4o-mini\t1\t2\nopenai:own-*\t3\t4\n")
    assert price_of("openai:gpt-4o-mini") == Price(1.0, 2.0)
    assert price_of("openai:own-model", "http://127.0.0.1:8000/v1") == Price(3.0, 4.0)


@pytest.mark.parametrize("text", [b"model\tinput\nx\t1\n", b"model\tinput\toutput\nx\tdear\t2\n", b"\xff"])
def test_a_damaged_table_is_one_sentence(text: bytes) -> None:
    own_prices().write_bytes(text)
    with pytest.raises(UsageError, match="no table of prices"):
        price_of("openai:gpt-4o-mini")


def test_a_limit_in_dollars_needs_a_price() -> None:
    with pytest.raises(UsageError, match="price of openai:mine is unknown"):
        open_channel("openai:mine", in_flight=4, budget=Budget(max_cost=1.0))
    assert open_channel("openai:mine", in_flight=4, budget=Budget(max_tokens=100)) is not None
    assert open_channel("grammar", in_flight=4, budget=Budget(max_cost=1.0)) is None
