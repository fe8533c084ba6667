"""What the nodes of the build graph work with, made once per run."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langgraph.prebuilt import ToolNode

from ..agents.asking import Agent
from ..agents.channel import Channel
from ..agents.database_tools import database_tools
from ..agents.replies import GiveVerdict, ProposeCandidate, ProposeRepair, ProposeTemplate
from ..agents.schema_text import column_kinds, render_schema
from ..knowledge.index import Index
from ..tools.engines import Engine
from ..tools.schema import Schema

SHOWN_ROWS = 5  # K rows shown to the critic (SQL-GEN does not give its K)


@dataclass(slots=True)
class Workbench:
    """The engine, the index and the agents of one run."""

    engine: Engine
    index: Index
    schema: Schema
    schema_text: str
    kinds: str
    expander: Agent
    filler: Agent
    critic: Agent
    repairer: Agent
    tools: ToolNode
    max_repairs: int

    @property
    def dialect(self) -> str:
        """The dialect of the run."""
        return self.engine.dialect


def open_workbench(
    engine: Engine,
    index: Index,
    generator: BaseChatModel,
    critic: BaseChatModel,
    max_repairs: int,
    generator_channel: Channel | None = None,
    critic_channel: Channel | None = None,
) -> Workbench:
    """Bind the agents to their models, these to their channels, and both to the tools."""
    schema, tools = engine.schema(), database_tools(engine)
    return Workbench(
        engine,
        index,
        schema,
        schema_prompt(engine),
        column_kinds(schema),
        Agent(generator, ProposeTemplate, channel=generator_channel),
        Agent(generator, ProposeCandidate, tools, generator_channel),
        Agent(critic, GiveVerdict, channel=critic_channel),
        Agent(generator, ProposeRepair, tools, generator_channel),
        ToolNode(tools),
        max_repairs,
    )


def schema_prompt(engine: Engine) -> str:
    """Return the schema as every agent sees it, with three values of each column."""
    schema = engine.schema()
    samples = {
        (t.name, c.name): engine.sample_values(t.name, c.name, limit=3) for t in schema.tables for c in t.columns
    }
    return render_schema(schema, samples)
