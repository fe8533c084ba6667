"""Models in this process: batches, chat templates, tools; with a tiny model that was taught its replies."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from isogloss.agents.asking import Agent
from isogloss.agents.faults import Fault, fault_of
from isogloss.agents.local_models.batching import Batcher, Request, Sampling
from isogloss.agents.local_models.chat import LocalModel
from isogloss.agents.models import chat_model
from isogloss.agents.models_status import model_status, ping
from isogloss.agents.replies import GiveUp, GiveVerdict
from isogloss.tools.errors import UsageError
from langchain_core.exceptions import ContextOverflowError, ModelError
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.utils.function_calling import convert_to_openai_tool

from .tiny_model import PLAIN, save_tiny_model

TOOLS = [convert_to_openai_tool(tool) for tool in (GiveVerdict, GiveUp)]
VERDICT = '{"name": "GiveVerdict", "arguments": {"agree": true, "reason": "it is"}}'
SAID = {"How many?": "Three of them.", "Who is it, if it is neither he nor she?": "Nobody.", "Why?": "Because."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows three plain answers and one call."""
    lessons: list[tuple[Sequence[BaseMessage], list[dict[str, object]], str]] = [
        ([HumanMessage(asked)], [], answer) for asked, answer in SAID.items()
    ]
    lessons.append(([HumanMessage("Is it right?")], TOOLS, VERDICT))
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), lessons)


@pytest.fixture
def model(folder: Path) -> LocalModel:
    made = chat_model(f"hf:{folder}")
    assert isinstance(made, LocalModel)
    made.max_tokens = 100
    return made


def test_calls_in_flight_together_share_batches_and_get_their_own_replies(model: LocalModel) -> None:
    batches: list[int] = []
    batcher = model._weights.batcher
    generate = batcher._generate

    def counted(batch: list[Request]) -> list[list[int]]:
        batches.append(len(batch))
        return generate(batch)

    batcher._generate = counted
    questions = list(SAID) * 4

    async def ask_all() -> list[AIMessage]:
        return await asyncio.gather(*(model.ainvoke(question) for question in questions))

    try:
        replies = asyncio.run(ask_all())
    finally:
        batcher._generate = generate
    assert [reply.text for reply in replies] == [SAID[question] for question in questions]
    assert sum(batches) == len(questions)
    assert len(batches) <= 4


def test_a_reply_alone_is_the_reply_in_a_batch(model: LocalModel) -> None:
    asked = [f"{word} is unknown to the model" for word in ("This", "That, which is longer,", "What")]
    alone = [model.invoke(question).text for question in asked]
    together = [reply.text for reply in model.batch([*asked])]
    assert alone == together == [model.invoke(question).text for question in asked]


def test_tokens_and_the_end_are_told(model: LocalModel) -> None:
    reply = model.invoke("How many?")
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["output_tokens"] == len("Three of them.") + 1
    assert reply.response_metadata["finish_reason"] == "stop"
    model.max_tokens = 5
    cut = model.invoke("How many?")
    assert (cut.text, cut.response_metadata["finish_reason"]) == ("Three", "length")


def test_an_agent_gets_its_structured_reply(model: LocalModel) -> None:
    answer = asyncio.run(Agent(model, GiveVerdict).ask([HumanMessage("Is it right?")]))
    assert answer.reply == GiveVerdict(agree=True, reason="it is")


def test_what_is_no_call_is_a_problem(model: LocalModel) -> None:
    model.max_tokens = 10
    answer = asyncio.run(Agent(model, GiveVerdict).ask([HumanMessage("How many?")]))
    assert answer.reply is None
    assert answer.problem == "no tool was called"


def test_a_prompt_beyond_the_context_is_refused(model: LocalModel) -> None:
    with pytest.raises(ContextOverflowError, match="do not fit into a context of 1024"):
        model.invoke([SystemMessage("x" * 1024), HumanMessage("How many?")])


def test_a_cancelled_call_costs_no_more_tokens_and_harms_no_other(model: LocalModel) -> None:
    prompt = model._format.prompt([HumanMessage("How many?")], [])
    cancelled, waiting = (Request(prompt, Sampling(0.0, 100)) for _ in range(2))
    cancelled.reply.cancel()
    _, reply = model._weights._generate([cancelled, waiting])
    assert model._weights.tokenizer.decode(reply) == "Three of them.<|end|>"
    assert len(model._weights._generate([cancelled])[0]) == 1


def test_a_call_given_up_in_its_turn_leaves_the_model_free(model: LocalModel) -> None:
    model.max_tokens = 900

    async def give_up_then_ask() -> str:
        given_up = asyncio.create_task(model.ainvoke("Why?"))
        await asyncio.sleep(0)
        given_up.cancel()
        return str((await model.ainvoke("How many?")).text)

    assert asyncio.run(give_up_then_ask()) == "Three of them."


def test_a_batch_beyond_the_memory_costs_its_items_alone(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    with monkeypatch.context() as patch:
        patch.setattr(model._weights._model, "generate", lambda **_: torch.empty(2**60))  # bytes that no machine has
        with pytest.raises(ModelError) as caught:
            model.invoke("How many?")
    assert fault_of(caught.value) == Fault("invalid", "not enough memory for a batch of 1 x 27 tokens")
    assert model.invoke("How many?").text == "Three of them."


def test_one_name_loads_once_and_new_weights_make_a_new_version(folder: Path, model: LocalModel) -> None:
    again = chat_model(f"hf:{folder}")
    assert isinstance(again, LocalModel)
    assert again._weights is model._weights
    config = folder / "config.json"
    os.utime(config, ns=(0, config.stat().st_mtime_ns + 1))
    changed = chat_model(f"hf:{folder}")
    assert isinstance(changed, LocalModel)
    assert changed.version != model.version
    assert changed._weights is not model._weights


def test_weights_can_be_rounded_to_bf16_and_count_as_others_then(folder: Path, model: LocalModel) -> None:
    rounded = chat_model(f"hf:{folder}", bf16=True)
    assert isinstance(rounded, LocalModel)
    assert rounded.version != model.version
    assert str(rounded._weights._model.dtype) == "torch.bfloat16"
    assert str(model._weights._model.dtype) == "torch.float32"
    assert rounded.invoke([HumanMessage("Hi")]).usage_metadata is not None


def test_a_ping_reaches_it(folder: Path) -> None:
    assert ping(f"hf:{folder}").answered


def test_models_in_the_own_folder_are_listed(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine").symlink_to(folder)
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    listed = {status.spec for status in model_status() if status.ready}
    assert f"hf:{tmp_path / 'models' / 'mine'}" in listed
    assert "smollm2" not in listed


def test_a_folder_without_a_model_is_bad_input(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UsageError, match="cannot be loaded"):
        chat_model(f"hf:{tmp_path}")
    with pytest.raises(UsageError, match="There is no folder"):
        chat_model(f"hf:{tmp_path}/nothing")


def test_a_model_without_a_chat_template_is_no_agent(tmp_path: Path, folder: Path) -> None:
    save_tiny_model(tmp_path, template="")
    model = chat_model(f"hf:{tmp_path}")
    with pytest.raises(UsageError, match="no chat template"):
        Agent(model, GiveVerdict)
    assert PLAIN in chat_model(f"hf:{folder}")._weights.tokenizer.chat_template  # type: ignore[attr-defined]


def test_batches_hold_one_sampling_and_at_most_their_size() -> None:
    seen: list[list[Request]] = []

    def echo(batch: list[Request]) -> list[list[int]]:
        seen.append(batch)
        return [request.prompt for request in batch]

    batcher = Batcher(echo, 2)
    cold, warm = Sampling(0.0, 9), Sampling(1.0, 9)
    requests = [Request([i], cold if i % 2 else warm) for i in range(8)]
    assert [future.result(5) for future in [batcher.submit(r) for r in requests]] == [[i] for i in range(8)]
    assert all(len(batch) <= 2 and len({r.sampling for r in batch}) == 1 for batch in seen)


def test_a_failed_batch_fails_those_who_wait() -> None:
    def fail(batch: list[Request]) -> list[list[int]]:
        raise MemoryError("too large")

    with pytest.raises(MemoryError, match="too large"):
        Batcher(fail, 2).submit(Request([1], Sampling(0.0, 9))).result(5)
