"""Going another way from a step of a recorded item: what came before is played back, what follows is run for real.

The child is written beside its parent, in ``forks.sqlite`` of the run, and changes nothing else there.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from ...agents.budget import Usage
from ...agents.prompting import read_prompts_anew
from ...knowledge.corpus import load_corpus
from ...knowledge.index import open_index
from ...tools.engines import open_engine
from ...tools.errors import UsageError
from ..build_work import LIMITS, BuildConfig, build_workbench
from ..cleaning import REDACTED, Cleaner, secrets_in
from ..item_graph import item_graph
from ..results import BEGINNING
from ..run_files import RunLock, read_record
from ..run_models import ModelSettings, load_models, open_budget, open_voices, with_models
from ..state import ItemState
from ..workbench import Workbench
from .family import FORKS, number_of, trace_of
from .replay import Replayer, beginning_of, run_config
from .tape import PLAYER, Call, Diverged, Playback, Recording, Tape
from .taped import TapedEngine, TapedIndex
from .trace import Step, Trace

CHANGEABLE = ("sql", "question", "template", "focus")  # of an item's state


@dataclass(frozen=True, slots=True)
class Fork:
    """What to do otherwise: from step ``at`` on, with ``change`` in the item's state, or with other agents, tutorials.

    None is what the run had. ``db`` names the database again, where its address had a password.
    """

    at: int
    change: dict[str, str] = field(default_factory=dict)
    generator: str | None = None
    critic: str | None = None
    corpus: str | None = None
    db: str | None = None
    models: ModelSettings = field(default_factory=ModelSettings)


class Forker(Replayer):
    """Plays the steps before the fork back, and gives the change to the node that comes then."""

    def __init__(self, steps: Sequence[Step], calls: Sequence[Sequence[Call]], fork: Fork) -> None:
        super().__init__(steps, calls)
        self._fork = fork

    def tape(self, step: int) -> Tape:
        """Return the recorded tape of a step before the fork, an empty one for those from there on."""
        return Playback(self._calls[step], in_order=True) if step < self._fork.at else Recording()

    async def before(self, step: int, node: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return the change at the step of the fork, before it what was changed by hand when the item was recorded.

        Raises ``UsageError`` for SQL that answers no question.
        """
        if step < self._fork.at:
            return await super().before(step, node, state)
        if step > self._fork.at:
            return {}
        if "sql" in self._fork.change and "question" not in {*state, *self._fork.change}:
            raise UsageError(f"There is no question yet at step {step + 1}: give one with --set question=….")
        return dict(self._fork.change)


def fork_item(run: Path, parent: str, fork: Fork, on_stage: Callable[[str], None] = lambda _: None) -> int:
    """Run a child of an item to its end and return its number among the forks.

    ``parent`` is the number of an item, or ``f`` and that of a fork; ``on_stage`` is told what begins. Raises
    ``UsageError`` for what cannot be forked so, ``RunStopped`` when its models do not answer.
    """
    read_prompts_anew()
    config = run_config(run)
    if "templates" not in config:
        raise UsageError("Only items of 'isogloss build' are forked.")
    lineage = (read_record(run / "run.json") or {}).get("notes", {}).get("lineage", {})
    _check(fork)
    with closing(Trace.read(trace_of(run, parent))) as trace:
        number = number_of(parent)
        steps, state = trace.steps(number), beginning_of(trace, number)
        if not 0 <= fork.at < len(steps):
            raise UsageError(f"Item {parent} has steps 1 to {len(steps)}: --at names one of these.")
        forker = Forker(steps, trace.calls(number), fork)
    ended = _ended(_forked_config(config, lineage, fork), forker, cast(ItemState, state), on_stage)
    return _keep(run, parent, fork, ended, secrets_in(fork.db, fork.models.base_url))


def _check(fork: Fork) -> None:
    for name in fork.change:
        if name not in CHANGEABLE:
            raise UsageError(f"{name} cannot be set: choose one of {', '.join(CHANGEABLE)}.")
    if not (fork.change or fork.generator or fork.critic or fork.corpus):
        raise UsageError("Nothing is to be done otherwise: give --set, --generator, --critic or --corpus.")


def _forked_config(config: dict[str, Any], lineage: dict[str, Any], fork: Fork) -> BuildConfig:
    """Return the configuration of the build with what the fork has otherwise."""
    source = fork.db or str(lineage.get("source", ""))
    if not source or REDACTED in source:
        raise UsageError("The run did not keep its database's address, or its password: name the database with --db.")
    return BuildConfig(
        config["dialect"],
        source,
        generator=fork.generator or config["generator"],
        critic=fork.critic or config["critic"],
        corpus=fork.corpus or lineage.get("corpus"),
        workers=1,
        max_repairs=config["max_repairs"],
        paraphraser=config["paraphraser"],
        models=replace(fork.models, schema_tokens=config["schema_tokens"]),
    )


def _ended(config: BuildConfig, forker: Forker, state: ItemState, on_stage: Callable[[str], None]) -> ItemState:
    """Return the state in which the child ends, with engine, models and tutorials really asked from the fork on."""
    with ExitStack() as stack:
        on_stage("load models and corpus")
        models = load_models(config.asked, config.models)
        index = open_index(load_corpus(config.dialect, config.corpus))
        on_stage("load database")
        engine = stack.enter_context(open_engine(config.dialect, config.db, workers=1, limits=LIMITS))
        voices = stack.enter_context(open_voices(models, config.models, open_budget(config.models, Usage())))
        bench = build_workbench(config, TapedEngine(engine), TapedIndex(index), voices)
        on_stage("run the item")
        return asyncio.run(with_models(models.values(), _to_the_end(bench, forker, state)))


async def _to_the_end(bench: Workbench, forker: Forker, state: ItemState) -> ItemState:
    PLAYER.set(forker)
    try:
        return cast(ItemState, await item_graph(bench).ainvoke(state))
    except Diverged as why:
        raise UsageError(
            f"The steps before the fork go another way today ({why}): see 'isogloss trace replay'."
        ) from why


def _keep(run: Path, parent: str, fork: Fork, state: ItemState, secrets: list[str]) -> int:
    lock = RunLock(run / "forks.lock")
    try:
        with closing(Trace.create(run / FORKS)) as trace:
            number = int(next(trace.query("SELECT count(*) AS n FROM items"))["n"])
            steps = [Step(**step) for step in state["steps"]]
            for played in steps[: fork.at]:
                played.tokens_in, played.tokens_out, played.cost = 0, 0, 0.0  # its parent's
            trace.append(_row(number, parent, fork, state, steps), steps, Cleaner(secrets))
            return number
    finally:
        lock.release()


def _row(number: int, parent: str, fork: Fork, state: ItemState, steps: list[Step]) -> dict[str, Any]:
    others = {"generator": fork.generator, "critic": fork.critic, "corpus": fork.corpus}
    change = {**fork.change, **{name: value for name, value in others.items() if value}}
    beginning = {name: state[name] for name in BEGINNING}
    return {
        "item": number,
        "status": state["status"],
        "reason": state.get("reason") if state["status"] == "rejected" else None,
        "repaired": int(len(state["attempts"]) > 1),
        "attempts": len(state["attempts"]),
        "question": state.get("question"),
        "sql": state.get("sql"),
        "seconds": sum(step.seconds for step in steps),
        "pairs_end": 0,
        "attempts_end": 0,
        "parent": parent,
        "forked_at": fork.at,
        "change": json.dumps(change, ensure_ascii=False),
        "beginning": json.dumps(beginning, ensure_ascii=False),
    }
