"""Builds on models behind a server that speaks OpenAI's protocol, from the configuration to the files."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.prompting import own_prompt
from isogloss.agents.throughput import ModelRefuses
from isogloss.graphs.build import BuildConfig, Summary, build
from isogloss.graphs.run_models import ModelSettings
from isogloss.tools.errors import UsageError
from sqlglot import parse_one

from ..openai_server import ChatServer, Reply, Request, call, failure, offered, text, well_behaved
from .test_poisoned_tutorial import Nobody


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-of-the-build")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running


@pytest.fixture
def config(server: ChatServer, tmp_path: Path) -> BuildConfig:
    """Return six pairs to build with a generator behind the server and the rule critic."""
    settings = ModelSettings(server.url, in_flight=4)
    return BuildConfig("sqlite", "shop", 6, out=tmp_path / "run", generator="openai:fake", models=settings)


def built(config: BuildConfig) -> tuple[Summary, list[dict[str, Any]]]:
    summary = build(config, Nobody())
    lines = (summary.directory / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return summary, [json.loads(line) for line in lines]


def judged_by_server(config: BuildConfig) -> BuildConfig:
    return replace(config, critic="openai:other")


def names(requests: list[Request]) -> set[str]:
    return {f"{request['model']} {name}" for request in requests for name in offered(request)}


def test_generator_and_critic_are_chosen_apart(server: ChatServer, config: BuildConfig) -> None:
    summary, pairs = built(judged_by_server(config))
    assert summary.totals.kept == 6
    assert {"fake ProposeTemplate", "fake ProposeCandidate", "other GiveVerdict"} <= names(server.requests)
    assert not {"fake GiveVerdict", "other ProposeCandidate"} & names(server.requests)
    assert {(p["generator"], p["critic"], p["base_url"]) for p in pairs} == {
        ("openai:fake", "openai:other", server.url)
    }
    assert set(pairs[0]["prompts"]) == {"expand", "fill", "critique", "repair"}


def test_all_five_tools_are_offered_where_they_help(server: ChatServer, config: BuildConfig) -> None:
    built(judged_by_server(config))
    five = {"search_tutorials", "describe_table", "sample_values", "run_sql", "explain_error"}
    for request in server.requests:
        assert five & offered(request) == (five if "ProposeCandidate" in offered(request) else set())


def test_tools_are_run_for_the_model(server: ChatServer, config: BuildConfig) -> None:
    def looks_first(request: Request) -> Reply:
        if "ProposeCandidate" in offered(request) and len(request["messages"]) == 2:
            return call("run_sql", {"sql": "SELECT count(*) FROM products"})
        return well_behaved(request)

    server.answer = looks_first
    summary, _ = built(judged_by_server(config))
    told = [m["content"] for r in server.requests for m in r["messages"] if m["role"] == "tool"]
    assert summary.totals.kept == 6
    assert told
    assert all('"rows_in_all": 1' in text for text in told)


def test_what_was_spent_is_told_by_node(config: BuildConfig) -> None:
    summary, _ = built(judged_by_server(config))
    spent = summary.spending
    assert {node.node for node in spent.nodes if node.tokens_in} == {"expand", "fill", "critic"}
    assert spent.tokens == sum(120 * node.calls for node in spent.nodes)
    assert spent.cost is None  # nobody said what this server asks
    assert spent.tokens_per_pair == spent.tokens / 6


def test_a_limit_ends_the_run_and_a_higher_one_goes_on(server: ChatServer, config: BuildConfig) -> None:
    config = judged_by_server(config)
    short, few = built(replace(config, models=replace(config.models, max_tokens=4000)))
    assert short.stop is not None
    assert "of 4,000 tokens" in str(short.stop)
    assert short.failure is None
    assert 0 < len(few) < 6
    asked = len(server.requests)
    assert sum(120 for _ in server.requests) <= 4000
    long, everything = built(config)
    assert long.stop is None
    assert everything[: len(few)] == few
    assert len(everything) == 6
    assert len({json.dumps(r, sort_keys=True) for r in server.requests}) == len(server.requests) > asked


def test_the_same_build_again_costs_nothing(server: ChatServer, config: BuildConfig, tmp_path: Path) -> None:
    config = judged_by_server(config)
    _, first = built(config)
    asked = len(server.requests)
    again, second = built(replace(config, out=tmp_path / "again"))
    assert second == first
    assert len(server.requests) == asked
    assert (again.spending.tokens, again.spending.cost) == (0, 0)
    built(replace(config, out=tmp_path / "third", models=replace(config.models, cache=False)))
    assert len(server.requests) == 2 * asked


def test_a_refusal_stops_before_any_item(server: ChatServer, config: BuildConfig) -> None:
    server.answer = lambda _: failure(401)
    with pytest.raises(ModelRefuses, match="HTTP 401"):
        built(config)


def test_a_server_that_goes_leaves_what_is_built(server: ChatServer, config: BuildConfig) -> None:
    config = judged_by_server(config)
    few, _ = built(replace(config, n=2))
    server.answer = lambda _: failure(403)
    summary, pairs = built(config)
    assert isinstance(summary.failure, ModelRefuses)
    assert (summary.totals, len(pairs)) == (few.totals, 2)


def test_nobody_there_is_said(config: BuildConfig) -> None:
    with pytest.raises(ModelRefuses, match="cannot be reached"):
        built(replace(config, models=ModelSettings("http://127.0.0.1:9/v1", in_flight=2)))


def test_a_model_that_never_gives_a_pair_is_given_up(server: ChatServer, config: BuildConfig) -> None:
    server.answer = lambda _: call("GiveUp", {"reason": "too hard"})
    summary, pairs = built(config)
    assert (summary.exhausted, pairs) == (True, [])
    assert summary.totals.rejected == {"too hard": 100}


def test_what_a_stop_has_lost_is_not_forgotten(server: ChatServer, config: BuildConfig) -> None:
    limited = replace(config.models, max_tokens=3000, cache=False)
    for _ in range(3):
        summary, _ = built(replace(judged_by_server(config), models=limited))
        assert summary.stop is not None
    assert 120 * len(server.requests) <= 3000


def test_rules_say_a_thing_one_way(config: BuildConfig) -> None:
    with pytest.raises(UsageError, match="--paraphrase takes a language model"):
        built(replace(config, paraphraser="grammar"))


@pytest.mark.parametrize("address", ["localhost:8000/v1", "http://localhost:abc/v1", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_said(config: BuildConfig, address: str) -> None:
    with pytest.raises(UsageError, match="no address of a server"):
        built(replace(config, models=ModelSettings(address)))


def test_an_address_of_the_environment_is_another_server(
    server: ChatServer, config: BuildConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    settings = replace(config.models, base_url=None, max_cost=1.0)
    with pytest.raises(UsageError, match="price of openai:gpt-4"):
        built(replace(config, generator="openai:gpt-4.1-mini", models=settings))


def test_a_call_in_words_counts(server: ChatServer, config: BuildConfig) -> None:
    def in_words(request: Request) -> Reply:
        made = json.loads(well_behaved(request).body)["choices"][0]["message"]["tool_calls"][0]["function"]
        return text(f'Sure:\n```json\n{{"name": "{made["name"]}", "arguments": {made["arguments"]}}}\n```')

    server.answer = in_words
    assert built(judged_by_server(config))[0].totals.kept == 6


HALF = '{"sql": "SELECT name FROM products WHERE name = \'\\ud800\'", "question": "Which is called \\ud800?"}'
DEEP = f"SELECT {'(' * 90}1{')' * 90}"


def too_deep(sql: str) -> bool:
    """Return whether sqlglot gives up on a query: compiled, it goes deeper."""
    try:
        parse_one(sql, dialect="sqlite")
    except RecursionError:
        return True
    return False


def test_half_a_character_and_a_query_without_bottom_do_no_harm(server: ChatServer, config: BuildConfig) -> None:
    def odd(request: Request) -> Reply:
        if "ProposeCandidate" not in offered(request):
            return well_behaved(request)
        if "<variation>\n1\n" in str(request["messages"][1]["content"]):
            return call("ProposeCandidate", {"sql": DEEP, "question": "Which?"})
        if "<variation>\n2\n" in str(request["messages"][1]["content"]):
            return call("ProposeCandidate", HALF)
        return well_behaved(request)

    server.answer = odd
    summary, _ = built(replace(judged_by_server(config), n=4))
    assert summary.totals.rejected["does not parse"] == too_deep(DEEP)
    assert summary.totals.kept == 4


def test_proposed_paraphrases_are_checked(server: ChatServer, config: BuildConfig) -> None:
    asked = "Which products cost more than 20 euros?"
    others = ["Which products cost over 20 euros?", "Which products cost less than 20 euros?", "x" * 9000, asked]

    def proposes(request: Request) -> Reply:
        if "ProposeCandidate" not in offered(request):
            return well_behaved(request)
        sql = "SELECT name FROM products WHERE price > 20"
        return call("ProposeCandidate", {"sql": sql, "question": asked, "paraphrases": others})

    server.answer = proposes
    _, [pair] = built(replace(judged_by_server(config), n=1))
    assert "Which products cost over 20 euros?" in pair["paraphrases"]
    assert not {others[1], others[2]} & set(pair["paraphrases"])


def test_an_unknown_price_bears_no_limit_in_dollars(config: BuildConfig) -> None:
    with pytest.raises(UsageError, match="price of openai:fake is unknown"):
        built(replace(config, models=replace(config.models, max_cost=1.0)))


def in_other_words(question: str) -> str:
    return question.replace("Show ", "List ").replace(" show ", " give ")


def test_paraphrases_take_the_questions_place(server: ChatServer, config: BuildConfig, tmp_path: Path) -> None:
    def rephrases(request: Request) -> Reply:
        if "ProposeParaphrase" not in offered(request):
            return well_behaved(request)
        said = str(request["messages"][1]["content"])
        question = said.split("<question>\n")[1].split("\n")[0]
        return call("ProposeParaphrase", {"question": in_other_words(question)})

    server.answer = rephrases
    settings = ModelSettings(server.url, in_flight=2)
    _, plain = built(BuildConfig("sqlite", "shop", 25, out=tmp_path / "plain"))
    other = BuildConfig("sqlite", "shop", 25, out=config.out, paraphraser="openai:fake", models=settings)
    _, pairs = built(other)
    assert [pair["sql"] for pair in pairs] == [pair["sql"] for pair in plain]
    said = {pair["question"]: pair["original_question"] for pair in pairs if "original_question" in pair}
    assert said
    assert all(new == in_other_words(old) for new, old in said.items())
    assert pairs[0]["paraphraser"] == "openai:fake"


def test_another_prompt_is_another_run(config: BuildConfig) -> None:
    built(replace(config, n=1))
    own_prompt("fill").parent.mkdir(parents=True)
    own_prompt("fill").write_text("Write pairs for {dialect}.", encoding="utf-8")
    with pytest.raises(UsageError, match="prompts"):
        built(config)


@pytest.mark.parametrize("secret", ["http://user:a-password@", "http://a-password@"])
def test_no_key_reaches_a_file(server: ChatServer, config: BuildConfig, tmp_path: Path, secret: str) -> None:
    address = server.url.replace("http://", secret)
    config = judged_by_server(replace(config, models=replace(config.models, base_url=address)))
    _, pairs = built(config)
    assert pairs[0]["base_url"] == server.url
    assert all(shown.startswith("Basic ") for shown in server.shown)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"pairs.jsonl", "replies.sqlite"} <= {path.name for path in files}
    for path in files:
        for word in (b"sk-canary-of-the-build", b"a-password"):
            assert word not in path.read_bytes(), path
