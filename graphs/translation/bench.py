"""What the nodes of the translation graph work with, made once per database."""

from dataclasses import dataclass

from langgraph.prebuilt import ToolNode

from ...agents.asking import Agent
from ...agents.replies import ProposeTranslation
from ...agents.schema_excerpt import SchemaText
from ...agents.toolbox import agent_tools
from ...knowledge.snippet import Tutorials
from ...tools.schema import Schema
from ..arena import Arena
from ..run_models import Speaker
from ..workbench import schema_text


@dataclass(slots=True)
class TranslationBench:
    """Both engines of a database, its schema, the index, and the repairer with its tools."""

    arena: Arena
    index: Tutorials
    schema: Schema
    schema_text: SchemaText
    repairer: Agent
    tools: ToolNode
    max_repairs: int


def open_bench(
    arena: Arena, index: Tutorials, voice: Speaker, max_repairs: int, schema_tokens: int | None
) -> TranslationBench:
    """Bind the repairer to its model and its tools; a metered model sees so much of the schema at most."""
    tools = agent_tools(arena.engine, index)
    return TranslationBench(
        arena,
        index,
        arena.engine.schema(),
        schema_text(arena.engine, schema_tokens if voice.metered else None),
        voice.agent(ProposeTranslation, tools),
        ToolNode(tools),
        max_repairs,
    )
