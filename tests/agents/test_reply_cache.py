"""Replies on disk: found again by the same request only, by several processes at once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.replies import GiveUp, GiveVerdict
from isogloss.agents.reply_cache import ReplyCache, request_key, setting_text
from isogloss.tools.errors import UsageError
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI

WRITER = """
import sys
from contextlib import closing
from pathlib import Path
from isogloss.agents.reply_cache import ReplyCache
from langchain_core.messages import AIMessage
with closing(ReplyCache(Path(sys.argv[1]))) as cache:
    for number in range(200):
        cache.keep(f"{number}", "m", AIMessage(f"{sys.argv[2]} {number}"))
        found = cache.find(f"{number}")
        assert found is not None and found.content.endswith(f" {number}")
"""


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ReplyCache]:
    with closing(ReplyCache(tmp_path / "replies.sqlite")) as opened:
        yield opened


def model(**settings: Any) -> ChatOpenAI:
    return ChatOpenAI(**{"model": "fake", "api_key": "sk-canary", "base_url": "http://127.0.0.1:9/v1", **settings})


def test_a_reply_comes_back_whole(cache: ReplyCache) -> None:
    reply = AIMessage(
        "thinking",
        tool_calls=[{"name": "GiveUp", "args": {"reason": "é"}, "id": "call_1", "type": "tool_call"}],
        invalid_tool_calls=[{"name": "x", "args": "{", "id": "2", "error": "no", "type": "invalid_tool_call"}],
        usage_metadata={"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
        response_metadata={"finish_reason": "stop"},
    )
    cache.keep("key", "m", reply)
    assert cache.find("key") == reply
    assert cache.find("other") is None


def test_the_key_is_model_settings_tools_and_messages() -> None:
    def key(text: str = "hello", tools: tuple[type, ...] = (GiveUp,), **settings: Any) -> str:
        return request_key(setting_text(model(**settings), tools), [SystemMessage("s"), HumanMessage(text)])

    same = key()
    assert key(api_key="sk-another", max_retries=3, timeout=5) == same
    others = [
        key("bye"),
        key(tools=(GiveVerdict,)),
        key(model="other"),
        key(temperature=0.5),
        key(max_tokens=7),
        key(base_url="http://127.0.0.1:10/v1"),
    ]
    assert len({same, *others}) == 1 + len(others)


def test_ids_do_not_count_but_what_was_said_does() -> None:
    def talk(call_id: str, value: str, status: Any = "success") -> list[BaseMessage]:
        asked = {"name": "sample_values", "args": {"table": value}, "id": call_id, "type": "tool_call"}
        return [
            HumanMessage("hello"),
            AIMessage("", tool_calls=[asked], id=f"run-{call_id}"),
            ToolMessage("[1]", tool_call_id=call_id, status=status),
        ]

    assert request_key("", talk("a", "x")) == request_key("", talk("b", "x"))
    assert request_key("", talk("a", "x")) != request_key("", talk("a", "y"))
    assert request_key("", talk("a", "x")) != request_key("", talk("a", "x", "error"))


def test_no_secret_and_no_client_is_a_setting() -> None:
    assert "canary" not in setting_text(model(), [GiveUp])
    assert {"temperature", "max_tokens", "model_name"} <= set(json.loads(setting_text(model(), []))[1])


def test_several_processes_share_the_file(cache: ReplyCache) -> None:
    command = [sys.executable, "-c", WRITER, str(cache.path)]
    children = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in "abc"]
    for child in children:
        assert child.communicate(timeout=60)[1] == ""
        assert child.returncode == 0
    assert all(cache.find(str(number)) is not None for number in range(200))


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_text("this is no database, and long enough to be taken for one" * 20)
    with pytest.raises(UsageError, match="delete it, or use --no-cache"):
        ReplyCache(path)
    with pytest.raises(UsageError, match="--no-cache"):
        ReplyCache(path / "below" / "a file")
    with pytest.raises(UsageError, match=r"Cannot keep replies in .*: unable to open database file; use --no-cache"):
        ReplyCache(tmp_path)  # a folder, which is no file to open
