"""Items through the graph over real HTTP, from a server that fails in every way: the run ends with what it has."""

import asyncio
import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.budget import Budget, BudgetSpent, RunStopped
from isogloss.agents.channel import open_channel
from isogloss.agents.reply_cache import ReplyCache
from isogloss.agents.throughput import ModelGone, ModelRefuses, Patience
from isogloss.graphs.dataset import read_pairs
from isogloss.graphs.duplicates import Duplicates
from isogloss.graphs.item_graph import item_graph
from isogloss.graphs.results import item_result
from isogloss.graphs.run_directory import RunDirectory
from isogloss.graphs.run_models import Voice
from isogloss.graphs.spending import spending
from isogloss.graphs.stream import Items, final_states
from isogloss.graphs.workbench import Workbench, open_workbench
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import Index, open_index
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.templates import seed_templates
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from ..openai_server import ChatServer, Reply, Request, call, failure, offered, text, well_behaved

QUICK = Patience(tries=3, timeout=5.0, first_wait=0.01, longest_wait=0.05)
LINEAGE = {"dialect": "sqlite", "database": "shop", "seed": 0}
HUGE = "SELECT name FROM products WHERE " + " OR ".join(f"price > {n}" for n in range(30_000))


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="module")
def engine(home: None) -> Iterator[Engine]:
    with open_engine("sqlite", "shop", workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def index(home: None) -> Index:
    return open_index(load_corpus("sqlite", "builtin"))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running


class Run:
    """Runs items in a directory, as a build does, with one model behind ``url`` as generator and critic."""

    def __init__(self, engine: Engine, index: Index, path: Path) -> None:
        self._engine, self._index, self.path = engine, index, path
        self.cache: ReplyCache | None = None
        self.budget, self.patience = Budget(), QUICK

    def go_on(self, url: str, items: int, in_flight: int = 4) -> str | None:
        """Commit items until there are ``items`` of them; return why it stopped before, if it did."""
        with closing(RunDirectory.open(self.path, LINEAGE)) as run:
            try:
                asyncio.run(self._commit(run, self._bench(url, in_flight), items, in_flight))
            except RunStopped as stop:
                return f"{type(stop).__name__}: {stop}"
        return None

    def outcomes(self) -> Counter[str]:
        """Count the committed items by status and reason."""
        return Counter(f"{i['status']}: {i['reason']}" for i in self.items())

    def items(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.path / "trace.sqlite")) as trace:
            trace.row_factory = sqlite3.Row
            return [dict(row) for row in trace.execute("SELECT * FROM item_summary ORDER BY item")]

    def _bench(self, url: str, in_flight: int) -> Workbench:
        model = ChatOpenAI(model="fake", base_url=url, api_key=SecretStr("sk-canary"), max_retries=0)
        channel = open_channel(
            "openai:fake", url, in_flight=in_flight, budget=self.budget, cache=self.cache, patience=self.patience
        )
        voice = Voice(model, channel)
        return open_workbench(self._engine, self._index, voice, voice, 2)

    async def _commit(self, run: RunDirectory, bench: Workbench, items: int, in_flight: int) -> None:
        templates = Items(seed_templates("sqlite"), ["IIF", "GROUP BY"], 0)
        kept = Duplicates(read_pairs(run.path))
        graph = item_graph(bench)
        states = final_states(graph, templates, run.next_item, in_flight, lambda: items - run.next_item)
        async with aclosing(states):
            async for state in states:
                run.commit(kept.sorted_out(item_result(state, LINEAGE)))


@pytest.fixture
def run(engine: Engine, index: Index, tmp_path: Path) -> Run:
    return Run(engine, index, tmp_path / "run")


def instead(tool: str, reply: Callable[[Request], Reply] | Reply) -> Callable[[Request], Reply]:
    """Return an answer that is ``reply`` to requests that offer ``tool``, and good to the others."""

    def answer(request: Request) -> Reply:
        if tool not in offered(request):
            return well_behaved(request)
        return reply if isinstance(reply, Reply) else reply(request)

    return answer


def test_a_good_server_gives_pairs(server: ChatServer, run: Run) -> None:
    assert run.go_on(server.url, 6) is None
    assert run.outcomes() == {"kept: None": 6}
    assert all(r["max_completion_tokens"] == 8192 for r in server.requests)
    assert server.most_at_once <= 4


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (failure(500), "no candidate: no answer after 3 tries: HTTP 500"),
        (text("hello", cut=30), "no candidate: no answer after 3 tries: the connection failed"),
        (Reply(b'{"id": "chatcmpl-1", "cho'), "no candidate: no answer after 3 tries: the reply was unreadable"),
        (
            call("ProposeCandidate", '{"sql": "S'),
            "no candidate: the arguments of ProposeCandidate are no JSON object",
        ),
        (call("ProposeCandidate", "{}"), "no candidate: sql: Field required"),
        (call("format_disk", "{}"), "no candidate: unknown tool format_disk"),
        (text("Certainly!"), "no candidate: no tool was called"),
        (text("word " * 100_000, tokens_out=100_000), "no candidate: the reply is too long"),
        (call("ProposeCandidate", {"sql": HUGE, "question": "?"}), "no candidate: the reply is too long"),
    ],
    ids=["500", "cut", "half", "invalid", "missing", "unknown", "words", "100,000 tokens", "huge query"],
)
def test_what_one_item_suffers_is_its_reason(server: ChatServer, run: Run, reply: Reply, reason: str) -> None:
    def every_third(request: Request) -> Reply:
        variation = int(str(request["messages"][1]["content"]).split("<variation>\n")[1].split("\n")[0])
        return reply if variation % 3 == 1 else well_behaved(request)

    server.answer = instead("ProposeCandidate", every_third)
    assert run.go_on(server.url, 5) is None
    assert run.outcomes() == {"kept: None": 3, f"rejected: {reason}": 2}
    with closing(sqlite3.connect(run.path / "trace.sqlite")) as trace:
        assert trace.execute("SELECT max(length(reply)) FROM steps").fetchone()[0] < 40_000


def test_a_long_reply_is_not_asked_for_again_but_paid_for(server: ChatServer, run: Run) -> None:
    server.answer = instead("ProposeTemplate", text("word " * 100_000, tokens_out=100_000))
    run.go_on(server.url, 1, in_flight=1)
    assert run.items()[0]["tokens"] == 100_100


def test_the_same_wrong_query_for_ever_ends_each_item(server: ChatServer, run: Run) -> None:
    wrong = call("ProposeCandidate", {"sql": "SELECT nam FROM products", "question": "Which?"})
    again = call("ProposeRepair", {"sql": "SELECT nam FROM products", "question": "Which?", "change": "none"})
    server.answer = lambda r: again if "ProposeRepair" in offered(r) else instead("ProposeCandidate", wrong)(r)
    assert run.go_on(server.url, 3) is None
    assert run.outcomes() == {"rejected: error: unknown_column": 3}
    assert [i["attempts"] for i in run.items()] == [2, 2, 2]


def test_a_storm_of_429_costs_time_and_no_item(server: ChatServer, run: Run) -> None:
    numbers = itertools.count()
    server.answer = lambda r: failure(429, retry_after="0.2") if next(numbers) % 4 < 2 else well_behaved(r)
    run.patience = replace(QUICK, tries=30)
    assert run.go_on(server.url, 4) is None
    assert run.outcomes() == {"kept: None": 4}


def test_a_server_that_goes_down_stops_the_run_and_it_resumes(server: ChatServer, run: Run) -> None:
    numbers = itertools.count()
    server.answer = lambda r: well_behaved(r) if next(numbers) < 8 else failure(500)
    stopped = run.go_on(server.url, 6, in_flight=1)
    assert stopped is not None
    assert stopped.startswith(ModelGone.__name__)
    before = run.outcomes()
    assert before["kept: None"] == 2
    assert before.total() == 2 + 2  # two items gave up before it was clear that all would
    server.answer = well_behaved
    assert run.go_on(server.url, 6) is None
    assert run.outcomes()["kept: None"] == 4
    assert run.outcomes().total() == 6


def test_a_server_that_was_never_there_commits_nothing(run: Run) -> None:
    stopped = run.go_on("http://127.0.0.1:9/v1", 3)
    assert stopped is not None
    assert stopped.startswith(f"{ModelRefuses.__name__}: openai:fake at http://127.0.0.1:9/v1 cannot be reached")
    assert run.items() == []


def test_the_budget_stops_the_run_and_it_resumes(server: ChatServer, run: Run) -> None:
    run.cache = ReplyCache(run.path.parent / "replies.sqlite")
    with closing(run.cache):
        run.budget = Budget(max_tokens=6_000)
        server.answer = lambda r: replace(well_behaved(r), delay=0.05)
        stopped = run.go_on(server.url, 40)
        assert stopped is not None
        assert stopped.startswith(BudgetSpent.__name__)
        assert 2_000 < run.budget.spent.tokens <= 6_000
        assert 0 < len(run.items()) < 40
        run.budget = Budget(max_tokens=100_000)
        assert run.go_on(server.url, 40) is None
    assert len(run.items()) == 40
    asked = [json.dumps([r["messages"], r["tools"]]) for r in server.requests]
    assert len(set(asked)) == len(asked)  # what was asked before the stop was kept, committed or not


def test_a_second_run_costs_nothing(server: ChatServer, run: Run, engine: Engine, index: Index) -> None:
    run.cache = ReplyCache(run.path.parent / "replies.sqlite")
    with closing(run.cache):
        run.go_on(server.url, 5, in_flight=1)
        asked = len(server.requests)
        again = Run(engine, index, run.path.parent / "again")
        again.cache, again.budget = run.cache, Budget(max_tokens=0)
        assert again.go_on(server.url, 4, in_flight=1) is None
    assert len(server.requests) == asked
    assert [i["sql"] for i in again.items()] == [i["sql"] for i in run.items()][:4]
    assert sum(i["tokens"] for i in again.items()) == 0


def test_what_was_spent_is_told_by_node_and_by_pair(server: ChatServer, run: Run) -> None:
    server.answer = instead("GiveVerdict", call("GiveVerdict", {"agree": False, "reason": "no"}))
    run.go_on(server.url, 2)
    server.answer = well_behaved
    run.go_on(server.url, 4)
    spent = spending(run.path)
    assert {n.node: (n.calls, n.tokens_in, n.tokens_out) for n in spent.nodes} == {
        "expand": (4, 400, 80),
        "fill": (4, 400, 80),
        "critic": (4, 400, 80),
    }
    assert (spent.kept, spent.tokens_per_pair) == (2, 720.0)
    assert spent.cost is None  # nobody said what this server costs
