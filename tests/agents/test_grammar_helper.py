"""The rules in a process of their own: what they answer there, and that nothing is lost with it."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from isogloss.agents.grammar import helper as helping
from isogloss.agents.grammar.helper import Helper
from isogloss.agents.grammar.model import GrammarModel
from isogloss.agents.models_providers import close_connections
from isogloss.agents.replies import GiveUp, ProposeCandidate, ProposeTemplate
from isogloss.agents.requests import expand_request, fill_request
from isogloss.agents.schema_text import render_schema
from isogloss.knowledge.snippet import Hit, Snippet
from isogloss.tools.sources import open_source
from isogloss.tools.templates import seed_templates
from langchain_core.messages import AIMessage, BaseMessage

_PATIENCE = 60  # seconds until the process answers, on a busy machine too
Said = list[list[tuple[str, object]]]


@cache
def requests() -> list[tuple[type, list[BaseMessage]]]:
    """Return requests to expand and to fill, more than are sent away at a time and fewer than start a process."""
    with closing(open_source("shop")) as source:
        schema = render_schema(source.schema())
    taught = Snippet("s1", "sqlite", "IIF", "```sql\nSELECT IIF(number > 1, 'many', 'one') FROM t\n```", "", ("IIF",))
    found: list[tuple[type, list[BaseMessage]]] = []
    for number, template in enumerate(seed_templates("sqlite")[:30]):
        asked = expand_request("sqlite", template.sql, [Hit(taught, 1.0)], "number, text", number)
        found.append((ProposeTemplate, asked))
        found.append((ProposeCandidate, fill_request("sqlite", template.sql, schema, number)))
    return found


async def answers(model: GrammarModel) -> Said:
    bound = [(model.bind_tools([reply, GiveUp]), messages) for reply, messages in requests()]
    replies: list[AIMessage] = await asyncio.gather(*(each.ainvoke(messages) for each, messages in bound))
    return [[(call["name"], call["args"]) for call in reply.tool_calls] for reply in replies]


async def while_helped(do: Callable[[Helper], None]) -> Said:
    """Return what is answered with a helper to which something is done once all has been asked."""
    helper = Helper()
    model = GrammarModel(helper=helper)
    try:
        await answers(model)
        async with asyncio.timeout(_PATIENCE):
            while helper.process is None:
                await asyncio.sleep(0.05)
        asked = asyncio.create_task(answers(model))
        await asyncio.sleep(0)
        do(helper)
        return await asked
    finally:
        await close_connections(model)
        assert helper.process is None


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helping, "_FEW", 1)


@pytest.mark.usefixtures("at_once")
def test_another_process_answers_the_same() -> None:
    seen: list[int | None] = []
    alone = asyncio.run(answers(GrammarModel()))
    assert {name for calls in alone for name, _ in calls} >= {"ProposeTemplate", "ProposeCandidate", "sample_values"}
    assert asyncio.run(while_helped(lambda helper: seen.append(helper.process))) == alone
    assert seen[0] not in (None, os.getpid())
    assert not Path(f"/proc/{seen[0]}").exists()


@pytest.mark.usefixtures("at_once")
def test_what_a_killed_process_leaves_is_answered_here() -> None:
    def kill(helper: Helper) -> None:
        assert helper.process
        os.kill(helper.process, signal.SIGKILL)

    assert asyncio.run(while_helped(kill)) == asyncio.run(answers(GrammarModel()))


def test_a_few_requests_start_no_process() -> None:
    async def asked() -> int | None:
        helper = Helper()
        await answers(GrammarModel(helper=helper))
        return helper.process

    assert asyncio.run(asked()) is None


@pytest.mark.usefixtures("at_once")
def test_where_no_process_can_be_had_all_is_answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/none/python")

    async def asked() -> Said:
        model = GrammarModel(helper=Helper())
        found = await answers(model)
        await close_connections(model)
        return found

    assert asyncio.run(asked()) == asyncio.run(answers(GrammarModel()))
