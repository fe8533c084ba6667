"""Samples of one prompt: their own seeds and cache keys, paid like other calls; a local model's luck is its seed's."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.asking import Answer
from isogloss.agents.budget import Budget, BudgetSpent
from isogloss.agents.channel import Channel, open_channel
from isogloss.agents.local_models.batching import Batcher, Request, Sampling
from isogloss.agents.local_models.chat import LocalModel
from isogloss.agents.models import chat_model
from isogloss.agents.reply_cache import ReplyCache
from isogloss.agents.sampler import Sampler, SamplingSettings
from isogloss.agents.scripted import ScriptedModel
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from ..openai_server import ChatServer, Reply, failure, text
from .tiny_model import save_tiny_model

MESSAGES = [{"role": "system", "content": "Reply with a query."}, {"role": "user", "content": "How many?"}]
PLAIN = "-- How many?\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learnt nothing: its replies are all luck."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def model(folder: Path) -> LocalModel:
    made = chat_model(f"hf:{folder}")
    assert isinstance(made, LocalModel)
    made.max_tokens = 12
    return made


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(lambda request: text(f"SELECT {request.get('seed')}")).running() as running:
        yield running


def channel(cache: ReplyCache | None = None, budget: Budget | None = None) -> Channel:
    opened = open_channel("scripted", in_flight=8, budget=budget or Budget(), cache=cache)
    assert opened is not None
    return opened


def samples(
    model: BaseChatModel, settings: SamplingSettings, cache: ReplyCache | None = None, question: str = "q1"
) -> list[Answer]:
    return asyncio.run(Sampler(model, channel(cache), settings).sample(question, MESSAGES, PLAIN))


def words(answers: list[Answer]) -> list[str]:
    return [str(answer.message.text) for answer in answers]


def served(server: ChatServer, **settings: Any) -> ChatOpenAI:
    return ChatOpenAI(model="x", base_url=server.url, api_key=SecretStr("none"), max_retries=0, **settings)


def test_every_sample_is_a_request_with_a_seed_of_its_own(server: ChatServer) -> None:
    settings = SamplingSettings(n=4, temperature=0.7, top_p=0.9, seed=3)
    answers = samples(served(server), settings)
    seeds = [settings.sample_seed("q1", number) for number in range(4)]
    assert words(answers) == [f"SELECT {seed}" for seed in seeds]
    assert len(set(seeds)) == 4
    assert sorted(r["seed"] for r in server.requests) == sorted(filter(None, seeds))
    assert {(r["temperature"], r["top_p"]) for r in server.requests} == {(0.7, 0.9)}
    assert all(answer.usage.tokens == 120 for answer in answers)


def test_a_seed_hangs_on_run_question_and_number_alone() -> None:
    four, eight = SamplingSettings(n=4), SamplingSettings(n=8)
    assert four.sample_seed("q", 1) == eight.sample_seed("q", 1)
    found = {SamplingSettings(seed=s).sample_seed(q, k) for s in (0, 1) for q in ("a", "b") for k in range(8)}
    assert len(found) == 32
    assert all(seed is not None and 0 <= seed < 2**31 for seed in found)


def test_at_temperature_nought_there_is_one_request(server: ChatServer) -> None:
    answers = samples(served(server), SamplingSettings(n=8, temperature=0.0, top_p=0.9))
    assert len(answers) == len(server.requests) == 1
    assert server.requests[0]["temperature"] == 0
    assert not {"seed", "top_p"} & server.requests[0].keys()


def test_samples_are_kept_apart_also_where_the_model_takes_no_seed(tmp_path: Path) -> None:
    settings = SamplingSettings(n=3)
    scripted = ScriptedModel()
    for number in range(5):
        scripted.enqueue(text=f"SELECT {number}")
    with closing(ReplyCache(tmp_path / "replies.sqlite")) as cache:
        first = words(samples(scripted, settings, cache))
        more = words(samples(scripted, SamplingSettings(n=5), cache))
        again = words(samples(scripted, SamplingSettings(n=5), cache))
    assert sorted(more) == [f"SELECT {number}" for number in range(5)]
    assert more[:3] == first  # those asked before were not asked again
    assert again == more
    assert len(scripted.seen) == 5


def test_a_call_given_up_is_a_problem_and_the_others_count(server: ChatServer) -> None:
    settings = SamplingSettings(n=3)
    refused = settings.sample_seed("q1", 1)

    def answer(request: dict[str, Any]) -> Reply:
        return failure(400) if request["seed"] == refused else text("SELECT 1")

    server.answer = answer
    answers = samples(served(server), settings)
    assert [answer.problem is None for answer in answers] == [True, False, True]
    assert words(answers) == ["SELECT 1", "", "SELECT 1"]


def test_a_spent_budget_stops_sampling(server: ChatServer) -> None:
    async def sample_on() -> None:
        sampler = Sampler(served(server), channel(budget=Budget(max_tokens=3000)), SamplingSettings(n=2))
        while True:
            await sampler.sample(str(len(server.requests)), MESSAGES, PLAIN)

    with pytest.raises(BudgetSpent):
        asyncio.run(sample_on())
    assert 0 < len(server.requests) <= 3000 // 120


def test_a_local_model_gives_the_same_samples_for_the_same_seed(model: LocalModel) -> None:
    settings = SamplingSettings(n=8, temperature=1.0, top_p=1.0)
    drawn = words(samples(model, settings))
    assert len(set(drawn)) > 4
    assert words(samples(model, settings)) == drawn
    assert words(samples(model, SamplingSettings(n=8, temperature=1.0, top_p=1.0, seed=1))) != drawn


def test_a_sample_does_not_hang_on_its_batch(model: LocalModel) -> None:
    batcher = model._weights.batcher
    one_by_one, sizes = Batcher(batcher._generate, 1), list[int]()

    def counted(batch: list[Request]) -> list[list[int]]:
        sizes.append(len(batch))
        return model._weights._generate(batch)

    settings = SamplingSettings(n=5, temperature=0.9, top_p=0.95)
    model._weights.batcher = one_by_one
    try:
        alone = words(samples(model, settings))
        model._weights.batcher = Batcher(counted, 8)
        together = words(samples(model, settings))
    finally:
        model._weights.batcher = batcher
    assert together == alone
    assert sizes == [5]


def test_tokens_are_drawn_with_their_probabilities_and_only_the_likely_ones() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from isogloss.agents.local_models.drawing import Drawing

    chances = torch.tensor([0.5, 0.3, 0.15, 0.05])
    scores = (chances.log() * 2.0).expand(4000, -1)  # temperature 2 undoes the factor
    for top_p, wanted in ((1.0, chances), (0.8, torch.tensor([0.625, 0.375, 0.0, 0.0]))):
        drawn = Drawing(2.0, top_p, range(4000))(torch.empty(0), scores).argmax(dim=-1)
        shares = torch.bincount(drawn, minlength=4) / 4000
        assert torch.allclose(shares, wanted, atol=0.03)
        assert all(share == 0 for share, chance in zip(shares, wanted, strict=True) if chance == 0)


def test_one_seed_draws_alike_and_none_draws_anew(model: LocalModel) -> None:
    prompt = model._format.prompt([HumanMessage("How many?")], [])
    warm = Sampling(1.5, 12)
    fixed = [Request(prompt, warm, seed=7) for _ in range(2)]
    free = [Request(prompt, warm) for _ in range(2)]
    first, second, third, fourth = model._weights._generate([*fixed, *free])
    assert first == second
    assert third != fourth


def test_a_model_without_a_chat_template_goes_on_from_plain_text(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, template="")
    made = chat_model(f"hf:{tmp_path}")
    assert isinstance(made, LocalModel)
    made.max_tokens = 4
    seen: list[list[int]] = []
    batcher = made._weights.batcher
    generate = batcher._generate

    def remembered(batch: list[Request]) -> list[list[int]]:
        seen.extend(request.prompt for request in batch)
        return generate(batch)

    batcher._generate = remembered
    samples(made, SamplingSettings(n=2))
    assert [made._weights.tokenizer.decode(prompt) for prompt in seen] == [PLAIN] * 2


def test_settings_that_mean_nothing_are_not_sent(server: ChatServer) -> None:
    samples(served(server), SamplingSettings(n=1, top_p=1.0))
    assert "top_p" not in json.loads(json.dumps(server.requests[0]))
