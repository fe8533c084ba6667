"""Many samples at once from a real server in another process: as many as asked for, none lost and none twice."""

import itertools
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.sampler import SamplingSettings

from ..command_line import isogloss
from ..openai_server import ChatServer, Reply, Request, failure, text
from .school_database import school

AT_ONCE, QUESTIONS, SAMPLES = 256, 44, 8
FAILURES = {
    **dict.fromkeys(range(256, 262), failure(429, retry_after="0.5")),
    **dict.fromkeys(range(280, 284), failure(503, retry_after="0.2")),
    300: text("SELECT 0", cut=0),
    301: text("SELECT 0", cut=20),
    310: failure(500),
    320: failure(429),
}


def sample(folder: Path, server: ChatServer) -> Counter[str]:
    """Run the command, and return how often each query is among its samples."""
    school(folder)
    entries = [{"id": f"q{k}", "question": f"{k}?", "sql": "SELECT 1", "database": "school"} for k in range(QUESTIONS)]
    (folder / "set.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    asked = ("sample", "set.jsonl", "--dialect", "sqlite", "--generator", "openai:NAME", "--base-url", server.url)
    run = isogloss(*asked, "-n", str(SAMPLES), "--in-flight", str(AT_ONCE), "--out", "run", cwd=folder)
    assert run.returncode == 0, run.stderr
    attempts = [json.loads(line) for line in (folder / "run/attempts.jsonl").read_text().splitlines()]
    assert Counter((each["id"], each["sample"]) for each in attempts) == {
        (f"q{question}", number): 1 for question in range(QUESTIONS) for number in range(SAMPLES)
    }
    seeds = {(f"q{k}", n): SamplingSettings().sample_seed(f"q{k}", n) for k in range(QUESTIONS) for n in range(SAMPLES)}
    assert all(each["sql"] == f"SELECT {seeds[each['id'], each['sample']]}" for each in attempts)
    return Counter(each["sql"] for each in attempts)


def answered(failures: dict[int, Reply], sent: Counter[str]) -> Callable[[Request], Reply]:
    """Return an answer that waits until as many calls are there as may be, and then fails now and then."""
    numbers, all_here = itertools.count(), threading.Barrier(AT_ONCE)

    def answer(request: Request) -> Reply:
        number = next(numbers)
        if number < AT_ONCE:
            all_here.wait(60)
        if number in failures:
            return failures[number]
        query = f"SELECT {request['seed']}"
        sent[query] += 1
        return text(query, delay=0.05)

    return answer


@pytest.mark.parametrize("failures", [{}, FAILURES], ids=["well", "failing"])
def test_as_many_at_once_as_asked_for_and_every_sample_once(
    failures: dict[int, Reply], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    sent: Counter[str] = Counter()
    with ChatServer(answered(failures, sent)).running() as server:
        kept = sample(tmp_path, server)
    assert server.most_at_once == AT_ONCE
    assert kept == sent == Counter(dict.fromkeys(kept, 1))  # each answered once, and asked again only where it failed
    assert len(server.requests) == QUESTIONS * SAMPLES + len(failures)
    assert all_alike(server.requests)


def all_alike(requests: list[dict[str, Any]]) -> bool:
    """Tell whether each request asks for one sample, in vLLM's words, and none for tools."""
    names = {"model", "messages", "temperature", "top_p", "seed", "max_completion_tokens", "max_tokens", "stream"}
    return all(set(each) <= names and each["model"] == "NAME" for each in requests)
