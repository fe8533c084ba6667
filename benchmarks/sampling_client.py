"""What sampling costs beside its calls: `python benchmarks/sampling_client.py [CALLS] [DELAY] [IN_FLIGHT]`.

A server on this machine, in a process of its own, answers each call DELAY seconds (default 2) after it came. CALLS
(default 2048), IN_FLIGHT (default 256) at a time, go through all that `isogloss sample` has around a model: sampler,
reply cache, budget, throttle, LangChain's client. Then a bare loop makes the same calls with the HTTP client that
OpenAI's takes. Printed are the seconds, those of this process's processor alone, which tell more where the machine is
busy, and the ratio.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

from httpx2 import Limits
from isogloss.agents.budget import Budget
from isogloss.agents.channel import open_channel
from isogloss.agents.models import chat_model
from isogloss.agents.models_providers import close_connections
from isogloss.agents.reply_cache import ReplyCache
from isogloss.agents.sampler import Sampler, SamplingSettings
from openai import DefaultAioHttpClient

_SERVER = Path(__file__).with_name("delayed_server.py")
_MODEL, _SAMPLES = "openai:delayed", 8
_SCHEMA = "CREATE TABLE products (product_id INTEGER, name TEXT, price NUMERIC); -- 'Lamp', 'Chair'\n" * 60
_SETTINGS = SamplingSettings(n=_SAMPLES)


def prompt(question: int) -> list[dict[str, Any]]:
    asked = f"{_SCHEMA}\nWhich products cost more than {question}?"
    return [{"role": "system", "content": "Answer with one SQL query."}, {"role": "user", "content": asked}]


async def sampled(url: str, calls: int, in_flight: int) -> int:
    """Return how many answers our sampler gets."""
    model = chat_model(_MODEL, url)
    with tempfile.TemporaryDirectory() as place, closing(ReplyCache(Path(place) / "replies.sqlite")) as cache:
        channel = open_channel(_MODEL, url, in_flight=in_flight, budget=Budget(), cache=cache)
        assert channel is not None
        sampler = Sampler(model, channel, _SETTINGS)
        asked = (sampler.sample(str(number), prompt(number), "") for number in range(calls // _SAMPLES))
        found = await asyncio.gather(*asked)
    await close_connections(model)
    return sum(answer.problem is None for answers in found for answer in answers)


async def bare(url: str, calls: int, in_flight: int) -> int:
    """Return how many answers a loop around the HTTP client gets."""
    places = asyncio.Semaphore(in_flight)

    async def ask(client: DefaultAioHttpClient, call: int) -> bool:
        question, sample = divmod(call, _SAMPLES)
        body = {
            "model": "delayed",
            "messages": prompt(question),
            "temperature": 0.8,
            "top_p": 0.95,
            "seed": _SETTINGS.sample_seed(str(question), sample),
        }
        async with places:
            reply = await client.post(f"{url}/chat/completions", json=body)
        return bool(reply.json()["choices"][0]["message"]["content"])

    async with DefaultAioHttpClient(limits=Limits(max_connections=0)) as client:
        return sum(await asyncio.gather(*(ask(client, call) for call in range(calls))))


def timed(work: Callable[[str, int, int], Coroutine[Any, Any, int]], url: str, calls: int, in_flight: int) -> float:
    """Return the seconds that the calls take, and print them."""
    began, busy = time.perf_counter(), time.process_time()
    answered = asyncio.run(work(url, calls, in_flight))
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    assert answered == calls, f"{answered} of {calls} were answered"
    print(
        f"{work.__name__:8} {seconds:7.2f} s  processor {busy:6.2f} s, {1000 * busy / calls:.2f} ms a call", flush=True
    )
    return seconds


def main(calls: int, delay: float, in_flight: int) -> None:
    command = [sys.executable, str(_SERVER), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            url = server.stdout.readline().strip()
            timed(sampled, url, 64, in_flight)  # imports and first connections
            ratio = timed(sampled, url, calls, in_flight) / timed(bare, url, calls, in_flight)
            print(f"{calls} calls, {in_flight} at a time, {delay:g} s each: {ratio:.2f} times as long as the bare loop")
        finally:
            server.kill()


if __name__ == "__main__":
    calls, delay, in_flight, *_ = (*sys.argv[1:], *("2048", "2", "256")[len(sys.argv) - 1 :])
    main(int(calls), float(delay), int(in_flight))
