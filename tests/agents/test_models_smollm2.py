"""SmolLM2: how it is added, and that it answers; in this process and through a server that speaks OpenAI's protocol."""

import asyncio
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from isogloss.agents.asking import Agent
from isogloss.agents.budget import BudgetSpent
from isogloss.agents.local_models.chat import LocalModel
from isogloss.agents.local_models.smollm2 import HUB_NAME, smollm2_origin
from isogloss.agents.models import chat_model
from isogloss.agents.models_status import model_status, ping
from isogloss.agents.replies import GiveVerdict
from isogloss.agents.requests import critique_request
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.run_models import ModelSettings, with_models
from isogloss.tools.errors import UsageError
from langchain_core.messages import BaseMessage

from ..graphs.test_poisoned_tutorial import Nobody
from .hub_server import hub_with
from .smollm2_here import add_smollm2, smollm2, smollm2_home
from .tiny_model import save_tiny_model

__all__ = ["smollm2", "smollm2_home"]  # the fixtures

_START = 180  # seconds that a server may take until it answers


def verdict_request(number: int) -> list[BaseMessage]:
    sql = f"SELECT COUNT(*) FROM customers WHERE customer_id = {number}"
    return critique_request(
        "sqlite", f"How many customers have id {number}?", sql, [[1]], "customers(customer_id INTEGER)"
    )


def test_before_it_is_added_the_command_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="isogloss models add smollm2"):
        chat_model("smollm2")


def test_where_the_hub_is_in_reach_its_weights_are_taken_once(tmp_path: Path) -> None:
    there = save_tiny_model(tmp_path / "there")
    with hub_with(HUB_NAME, there) as address:
        reach = {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0"}
        said = add_smollm2(tmp_path / "home", **reach)
        assert said.splitlines()[-1] == "the hub's own weights"
        assert "asking the hub" not in add_smollm2(tmp_path / "home", **reach)
    made = tmp_path / "home" / "models" / "smollm2"
    assert (made / "model.safetensors").stat().st_size == (there / "model.safetensors").stat().st_size
    assert [path.name for path in made.parent.iterdir()] == ["smollm2"]


@pytest.mark.usefixtures("smollm2")
def test_it_is_ready_without_its_package_in_this_environment() -> None:
    assert smollm2_origin() in ("hub", "package")
    assert {status.spec: status.ready for status in model_status()}["smollm2"]
    assert not find_spec("llama_cpp")


@pytest.mark.usefixtures("smollm2")
def test_it_answers_alone_as_in_a_batch() -> None:
    model = chat_model("smollm2")
    assert isinstance(model, LocalModel)
    model.max_tokens = 16
    asked = ["What is the capital of France?", "Name a colour.", "Say yes."]

    async def together() -> list[str]:
        return [reply.text for reply in await asyncio.gather(*(model.ainvoke(question) for question in asked))]

    replies = asyncio.run(together())
    assert "Paris" in replies[0]
    assert replies == [model.invoke(question).text for question in asked]


@pytest.mark.usefixtures("smollm2")
def test_an_agent_gets_a_reply_or_a_reason() -> None:
    model = chat_model("smollm2")
    assert isinstance(model, LocalModel)
    model.max_tokens = 48
    answer = asyncio.run(Agent(model, GiveVerdict).ask(verdict_request(1)))
    assert isinstance(answer.reply, GiveVerdict) or answer.problem  # untuned it can do either


@pytest.fixture(scope="module")
def served(smollm2_home: Path) -> Iterator[tuple[str, str]]:
    """Serve SmolLM2 with ``transformers serve`` on this machine and yield its name there and the address."""
    for module in ("fastapi", "uvicorn", "openai", "langchain_openai"):
        if not find_spec(module):
            pytest.skip(f"{module} is not installed: pip install 'transformers[serving]' 'isogloss[openai]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(smollm2_home / "models" / "smollm2")
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", folder]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    settings = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen([*command, *options], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(server, f"http://127.0.0.1:{port}/health")
        yield folder, f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()  # in the midst of a reply it hears nothing gentler
        server.wait(30)


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + _START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise AssertionError(f"the server did not start within {_START} s, or ended with {server.returncode}")


def test_an_agent_asks_it_over_http(served: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    name, address = served
    model = chat_model(f"openai:{name}", address).model_copy(update={"max_tokens": 48})
    answer = asyncio.run(with_models([model], Agent(model, GiveVerdict).ask(verdict_request(1))))
    assert answer.reply is None  # its template shows it no tools, so what it says is rejected
    assert answer.problem == "no tool was called"
    assert answer.message.text
    assert answer.usage.tokens_in > 100


def test_a_ping_reaches_it_over_http(served: tuple[str, str]) -> None:
    name, address = served
    answer = ping(f"openai:{name}", address)
    assert answer.answered, answer.detail
    gc.collect()  # a connection left open is an error here


def test_a_build_over_http_counts_honestly_and_keeps_nothing_bad(
    served: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    name, address = served
    settings = ModelSettings(address, in_flight=2, max_tokens=10_000, schema_tokens=300, reply_tokens=64)
    summary = build(BuildConfig("sqlite", "shop", 5, 0, tmp_path / "run", f"openai:{name}", models=settings), Nobody())
    assert isinstance(summary.stop, BudgetSpent)
    assert summary.totals.items >= 2
    assert summary.totals.kept == 0  # untuned, and shown no tools by its template
    assert set(summary.totals.rejected) == {"no template: no tool was called"}
    assert 2_000 < summary.spending.tokens <= 10_000
    assert (tmp_path / "run/pairs.jsonl").read_bytes() == b""
    [node] = summary.spending.nodes
    assert (node.node, node.calls, node.cost) == ("expand", summary.totals.items, None)
