"""Patience with a model: a real server on this machine is slow, busy, broken or gone."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest
from isogloss.agents.faults import fault_of
from isogloss.agents.models import chat_model
from isogloss.agents.models_providers import close_connections
from isogloss.agents.throughput import CallFailed, ModelGone, ModelRefuses, Patience, Throttle
from langchain_core.messages import AIMessage

from ..openai_server import ChatServer, Reply, Request, failure, text

QUICK = Patience(tries=4, timeout=2.0, first_wait=0.01, longest_wait=0.05)


def ask(url: str, calls: int = 1, patience: Patience = QUICK, at_most: int = 16) -> tuple[list[object], Throttle]:
    """Return what ``calls`` calls at once came to, the errors among them, and the throttle they went through."""

    async def all_at_once() -> tuple[list[object], Throttle]:
        throttle, client = Throttle("fake", at_most, patience), chat_model("openai:fake", url)
        asked = (throttle.call(lambda: client.ainvoke("hello")) for _ in range(calls))
        answers: list[object] = list(await asyncio.gather(*asked, return_exceptions=True))
        await close_connections(client)
        return answers, throttle

    return asyncio.run(all_at_once())


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(lambda _: text("hello")).running() as running:
        yield running


def first(count: int, reply: Callable[[], Reply]) -> Callable[[Request], Reply]:
    """Return an answer that is ``reply`` for the first ``count`` requests and good from then on."""
    numbers = itertools.count()
    return lambda _: reply() if next(numbers) < count else text("hello")


def test_never_more_at_once_than_allowed(server: ChatServer) -> None:
    server.answer = lambda _: text("hello", delay=0.02)
    replies, _ = ask(server.url, calls=40, at_most=5)
    assert all(isinstance(r, AIMessage) for r in replies)
    assert server.most_at_once == 5


@pytest.mark.parametrize(
    "reply",
    [
        failure(429),
        failure(500),
        failure(503),
        failure(529),
        text("hello", cut=20),
        text("hello", cut=0),
        Reply(b'{"id": "chatcmpl-1", "cho'),
        Reply(b""),
        Reply(b"{}"),
        Reply(b'{"choices": []}'),
        Reply(b"<html>", headers={"content-type": "text/html"}),
        text("hello", delay=2.3),
    ],
    ids=["429", "500", "503", "529", "cut", "none", "half", "empty", "object", "no choice", "page", "slow"],
)
def test_what_passes_is_tried_again(server: ChatServer, reply: Reply) -> None:
    server.answer = first(2, lambda: reply)
    (answer,), _ = ask(server.url)
    assert isinstance(answer, AIMessage)
    assert len(server.requests) == 3


@pytest.mark.parametrize("cut", [0, 20], ids=["none", "half"])
def test_a_cut_connection_is_called_so(server: ChatServer, cut: int) -> None:
    server.answer = lambda _: text("hello", cut=cut)
    (answer,), _ = ask(server.url)
    assert str(answer) == "no answer after 4 tries: the connection failed"


def test_tries_are_bounded(server: ChatServer) -> None:
    server.answer = lambda _: failure(500)
    (answer,), _ = ask(server.url)
    assert isinstance(answer, CallFailed)
    assert str(answer) == "no answer after 4 tries: HTTP 500"
    assert len(server.requests) == 4


def test_a_request_that_is_wrong_is_not_tried_again(server: ChatServer) -> None:
    server.answer = lambda _: failure(400)
    (answer,), _ = ask(server.url)
    assert isinstance(answer, CallFailed)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refusal_ends_all_calls(server: ChatServer, status: int) -> None:
    server.answer = lambda _: failure(status)
    answers, _ = ask(server.url, calls=50, at_most=2)
    assert all(isinstance(a, ModelRefuses) and "canary" not in str(a) for a in answers)
    assert len(server.requests) <= 3


def test_a_server_that_was_never_there_is_said_soon(server: ChatServer) -> None:
    began = time.monotonic()
    (answer,), _ = ask("http://127.0.0.1:9/v1", patience=Patience(first_wait=0.1))
    assert isinstance(answer, ModelRefuses)
    assert "cannot be reached" in str(answer)
    assert time.monotonic() - began < 5


def test_a_model_that_fails_call_after_call_ends_the_run(server: ChatServer) -> None:
    server.answer = lambda _: failure(500)
    answers, _ = ask(server.url, calls=20, at_most=1)
    kinds = [type(a) for a in answers]
    assert (kinds.count(CallFailed), kinds.count(ModelGone)) == (2, 18)
    assert len(server.requests) < 20 * QUICK.tries


def test_one_bad_request_among_good_ones_ends_nothing(server: ChatServer) -> None:
    numbers = itertools.count()
    server.answer = lambda _: failure(400) if next(numbers) % 2 else text("hello")
    answers, _ = ask(server.url, calls=20)
    assert sum(isinstance(a, AIMessage) for a in answers) == 10
    assert sum(isinstance(a, CallFailed) for a in answers) == 10


def test_a_model_that_takes_none_of_our_requests_ends_the_run(server: ChatServer) -> None:
    server.answer = lambda _: failure(400)
    answers, _ = ask(server.url, calls=60, at_most=4)
    assert [type(a) for a in answers].count(CallFailed) == 19
    assert len(server.requests) < 30


@pytest.mark.alone
def test_retry_after_holds_back_every_call(server: ChatServer) -> None:
    server.answer = first(1, lambda: failure(429, retry_after="1"))
    answers, _ = ask(server.url, calls=6, at_most=1)
    assert all(isinstance(a, AIMessage) for a in answers)
    assert server.arrivals[1] - server.arrivals[0] >= 1.0
    assert server.arrivals[-1] - server.arrivals[1] < 1.0


def test_a_day_of_retry_after_ends_the_run(server: ChatServer) -> None:
    server.answer = lambda _: failure(429, retry_after="86400")
    (answer,), _ = ask(server.url)
    assert isinstance(answer, ModelGone)
    assert "86,400 s" in str(answer)


def test_retry_after_as_a_date() -> None:
    class RefusalError(Exception):
        status_code = 429

        class response:  # noqa: N801
            headers = {"retry-after": formatdate(time.time() + 30, usegmt=True)}

    fault = fault_of(RefusalError())
    assert fault is not None
    assert fault.retry_after == pytest.approx(30, abs=2)


def test_a_storm_of_refusals_shrinks_the_limit_once_a_round(server: ChatServer) -> None:
    all_here = threading.Barrier(16)

    def refused() -> Reply:
        all_here.wait(20)
        return failure(429)

    server.answer = first(16, refused)
    answers, throttle = ask(server.url, calls=16, at_most=16, patience=replace(QUICK, timeout=30.0))
    assert all(isinstance(a, AIMessage) for a in answers)
    assert 12 <= throttle.limit <= 13  # 16 x 0.75, perhaps grown by one since


def test_the_limit_settles_near_what_the_server_bears(server: ChatServer) -> None:
    bears = 6

    def busy(_: Request) -> Reply:
        return failure(429) if server._under_way > bears else text("hello", delay=0.02)

    server.answer = busy
    answers, throttle = ask(server.url, calls=300, at_most=32, patience=Patience(60, 20.0, 0.02, 0.2))
    assert all(isinstance(a, AIMessage) for a in answers)
    assert throttle.limit <= 16  # half of what it began with
    assert len(server.requests) < 3 * 300


def test_the_limit_grows_by_one_after_a_round_of_successes(server: ChatServer) -> None:
    server.answer = first(4, lambda: failure(429))
    _, throttle = ask(server.url, calls=200, at_most=8)
    assert throttle.limit == 8


def test_an_error_of_ours_is_not_hidden() -> None:
    async def broken() -> None:
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        asyncio.run(Throttle("fake").call(broken))
