"""What the nodes of the build graph work with, made once per run."""

from dataclasses import dataclass

from langgraph.prebuilt import ToolNode

from ..agents.asking import Agent
from ..agents.paraphrase import Paraphraser, ProposeParaphrase
from ..agents.replies import GiveVerdict, ProposeCandidate, ProposeRepair, ProposeTemplate
from ..agents.schema_excerpt import SchemaText
from ..agents.schema_text import column_kinds
from ..agents.toolbox import agent_tools
from ..knowledge.snippet import Tutorials
from ..tools.engines import Engine
from ..tools.schema import Schema
from .run_models import Speaker

SHOWN_ROWS = 5  # K rows shown to the critic (SQL-GEN does not give its K)


@dataclass(slots=True)
class Workbench:
    """The engine, the index and the agents of one run, and the schema as the generator and the critic see it."""

    engine: Engine
    index: Tutorials
    schema: Schema
    generator_schema: SchemaText
    critic_schema: SchemaText
    kinds: str
    expander: Agent
    filler: Agent
    critic: Agent
    repairer: Agent
    tools: ToolNode
    max_repairs: int
    paraphraser: Paraphraser | None = None

    @property
    def dialect(self) -> str:
        """The dialect of the run."""
        return self.engine.dialect


def open_workbench(
    engine: Engine,
    index: Tutorials,
    generator: Speaker,
    critic: Speaker,
    max_repairs: int,
    schema_tokens: int | None = None,
    paraphraser: Speaker | None = None,
) -> Workbench:
    """Bind the agents to their models and tools.

    A metered model, to which every token is sent, sees at most ``schema_tokens`` of the schema.
    """
    schema, tools = engine.schema(), agent_tools(engine, index)
    judge = critic.agent(GiveVerdict)
    return Workbench(
        engine,
        index,
        schema,
        schema_text(engine, schema_tokens if generator.metered else None),
        schema_text(engine, schema_tokens if critic.metered else None),
        column_kinds(schema),
        generator.agent(ProposeTemplate),
        generator.agent(ProposeCandidate, tools),
        judge,
        generator.agent(ProposeRepair, tools),
        ToolNode(tools),
        max_repairs,
        Paraphraser(paraphraser.agent(ProposeParaphrase), judge, engine.dialect, schema) if paraphraser else None,
    )


def schema_text(engine: Engine, tokens: int | None = None) -> SchemaText:
    """Return the schema for prompts, with three values of each column, at most ``tokens`` of it at a time."""
    schema = engine.schema()
    samples = {
        (t.name, c.name): engine.sample_values(t.name, c.name, limit=3) for t in schema.tables for c in t.columns
    }
    return SchemaText(schema, samples, tokens)
