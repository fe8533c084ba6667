"""Tool calls in text, and what a chat template is given."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.agents.faults import Fault, fault_of
from isogloss.agents.local_models.chat_format import ChatFormat
from isogloss.agents.local_models.tool_text import call_text, read_calls, tools_text
from isogloss.agents.replies import GiveUp, GiveVerdict
from isogloss.tools.errors import UsageError
from langchain_core.exceptions import ModelInvalidRequestError
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool

from .tiny_model import PLAIN, WITH_TOOLS, tiny_tokenizer

TOOLS = [convert_to_openai_tool(tool) for tool in (GiveVerdict, GiveUp)]
CALL = ("GiveUp", {"reason": "no such table"})
WORDS = st.text('ab {}[]"\\\n,:é')  # what JSON and its readers stumble over
CALL_ID = "call_1_0"
TALK = [
    SystemMessage("Be brief."),
    HumanMessage("Go on."),
    AIMessage("", tool_calls=[{"name": CALL[0], "args": CALL[1], "id": CALL_ID, "type": "tool_call"}]),
    ToolMessage("noted", tool_call_id=CALL_ID, name="GiveUp"),
]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "GiveUp", "arguments": {"reason": "no such table"}}',
        'I give up:\n```json\n{"name": "GiveUp", "arguments": {"reason": "no such table"}}\n```\nSorry.',
        '<tool_call>\n{"name": "GiveUp", "arguments": {"reason": "no such table"}}\n</tool_call>',
        '[TOOL_CALLS][{"name": "GiveUp", "arguments": {"reason": "no such table"}}]',
        '{"type": "function", "name": "GiveUp", "parameters": {"reason": "no such table"}}',
        '{"tool_calls": [{"function": {"name": "GiveUp", "arguments": "{\\"reason\\": \\"no such table\\"}"}}]}',
        'a set {1, 2} and then {"name": "GiveUp", "arguments": {"reason": "no such table"}}',
    ],
)
def test_a_call_is_found_wherever_it_stands(text: str) -> None:
    assert read_calls(text) == [CALL]


def test_several_calls_keep_their_order() -> None:
    assert read_calls(call_text(*CALL) + call_text("GiveVerdict", {})) == [CALL, ("GiveVerdict", {})]


def test_sql_may_hold_line_breaks() -> None:
    assert read_calls('{"name": "X", "arguments": {"sql": "SELECT 1\nFROM t"}}') == [("X", {"sql": "SELECT 1\nFROM t"})]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No call here.",
        '{"name": "GiveUp", "arguments": {"reason": "cut off',
        '{"name": "GiveUp"}',
        '{"name": 1, "arguments": {}}',
        '{"name": "GiveUp", "arguments": "no JSON"}',
        "{" * 400_000,
        '{"a":' * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_call_is_none_and_soon_known(text: str) -> None:
    began = time.process_time()
    assert read_calls(text) == []
    assert time.process_time() - began < 2


@settings(deadline=None)
@given(st.dictionaries(WORDS, WORDS | st.integers() | st.booleans() | st.lists(WORDS)), WORDS)
def test_a_written_call_is_read_back(arguments: dict[str, Any], around: str) -> None:
    before = around.replace("{", "(")
    assert read_calls(before + call_text("X", arguments) + before) == [("X", arguments)]


def test_the_instruction_shows_every_tool_and_argument() -> None:
    text = tools_text(TOOLS)
    assert '{"name": "GiveVerdict", "arguments": {"agree": <boolean>, "reason": <string>' in text
    assert '{"name": "GiveUp", "arguments": {"reason": <string>}}' in text


def prompt(template: str, tools: list[dict[str, Any]]) -> str:
    tokenizer = tiny_tokenizer(template)
    return str(tokenizer.decode(ChatFormat(tokenizer).prompt(TALK, tools)))


def test_a_template_that_knows_tools_gets_them_its_own_way() -> None:
    text = prompt(WITH_TOOLS, TOOLS)
    offered, _, rest = text.removeprefix("<|tools|>").partition("<|turn|>")
    assert [tool["function"]["name"] for tool in json.loads(offered)] == ["GiveVerdict", "GiveUp"]
    assert "tool\nnoted<|end|>" in rest
    assert '"arguments": {"reason": "no such table"}' in rest


def test_a_template_that_knows_no_tools_gets_them_as_text() -> None:
    text = prompt(PLAIN, TOOLS)
    assert f"assistant\n{call_text(*CALL)}<|end|>" in text
    assert text.count("<|turn|>user") == 2  # what the tool returned and the instruction are one turn
    assert "GiveUp returned: noted\n\nAnswer with one JSON object" in text
    assert "JSON object" not in prompt(PLAIN, [])


def test_a_template_without_a_system_turn_gets_its_text_from_the_user() -> None:
    refuses = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + PLAIN
    assert prompt(refuses, []).startswith("<|turn|>user\nBe brief.\n\nGo on.<|end|>")


def test_a_template_that_marks_what_the_model_said_is_read() -> None:
    for template in (PLAIN, WITH_TOOLS):
        marked = f"{{% generation %}}{template}{{% endgeneration %}}"
        assert prompt(marked, TOOLS) == prompt(template, TOOLS)


def test_a_template_that_is_none_is_bad_input() -> None:
    with pytest.raises(UsageError, match=r"chat template cannot be read .*unknown tag 'sometimes'.: correct it"):
        ChatFormat(tiny_tokenizer(PLAIN + "{% sometimes %}"))


def test_a_template_that_takes_no_such_turns_rejects_the_item() -> None:
    with pytest.raises(ModelInvalidRequestError) as caught:
        prompt("{{ raise_exception('turns must alternate') }}" + PLAIN, TOOLS)
    assert fault_of(caught.value) == Fault("invalid", "the chat template refuses the prompt: turns must alternate")


def test_thoughts_are_no_part_of_the_reply() -> None:
    tokenizer = tiny_tokenizer()
    thought = f"<think>\n{call_text('GiveVerdict', {})}\n</think>\n{call_text(*CALL)}<|end|>"
    message = ChatFormat(tokenizer).message([], tokenizer.encode(thought), TOOLS, 1)
    assert [(call["name"], call["args"]) for call in message.tool_calls] == [CALL]


def test_a_tokenizer_that_reads_replies_reads_them() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.response_template = {
        "defaults": {"role": "assistant"},
        "start_anchor": "<|turn|>assistant\n",
        "fields": {
            "tool_calls": {
                "open_pattern": r"<call:(?P<name>\w+)>",
                "close": "</call>",
                "repeats": True,
                "content": "json",
                "transform": {"type": "function", "function": {"name": "{name}", "arguments": "{content}"}},
            },
            "content": {"close": "<|end|>", "content": "text"},
        },
    }
    reply = tokenizer.encode('<call:GiveUp>{"reason": "no such table"}</call><|end|>')
    chat = ChatFormat(tokenizer)
    message = chat.message(chat.prompt(TALK, TOOLS), reply, TOOLS, 1)
    assert [(call["name"], call["args"]) for call in message.tool_calls] == [CALL]
