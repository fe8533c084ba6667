"""A process of the cluster at work: its crew stays for the next shard of the same run."""

import asyncio
import atexit
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from socket import gethostname

from ...agents.budget import Budget, RunStopped
from ...agents.prompting import own_prompt, prompt_hash, read_prompts_anew
from ...tools.errors import IsoglossError, UsageError
from ..run_models import load_models
from ..totals import ItemResult, Totals
from ..work import Crew, Opened, Work
from .shards import Shards


class Unwatched:
    """An observer who looks away: who started the run watches what is committed."""

    def on_stage(self, name: str) -> None:
        """A stage begins."""

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """An item was committed."""

    def on_sql(self, sql: str) -> None:
        """A statement is about to be executed."""


class Site:
    """The crew of a run in this process."""

    def __init__(self, work: Work) -> None:
        """Load the models and open what the work needs; raises ``IsoglossError`` if that fails."""
        _refuse_other_prompts(work)
        self.work = work
        with ExitStack() as stack:
            self._runner = stack.enter_context(asyncio.Runner())
            models = load_models(set(work.asked), work.models)
            self._crew: Crew = stack.enter_context(work.crew(models, Budget(), Unwatched()))
            self._open = stack.pop_all()

    def finish(self, items: range, shards: Shards) -> RunStopped | None:
        """Write the results of ``items`` to ``shards``; returns what kept the models from it, with nothing written.

        Raises ``IsoglossError`` where the engine fails; this process opens another one for its next shard.
        """
        try:
            results = self._runner.run(self._results(items))
        except RunStopped as stop:
            return stop
        except IsoglossError:
            leave()
            raise
        shards.write(items, results)
        return None

    async def _results(self, items: range) -> list[Opened | ItemResult]:
        made: list[Opened | ItemResult] = []

        def wanted() -> int:
            return len(items) - sum(isinstance(each, ItemResult) for each in made)

        async with aclosing(self._crew.results(items.start, wanted, Unwatched())) as results:
            async for each in results:
                made.append(each)
        return made

    def close(self) -> None:
        """Let go of engines and models."""
        self._open.close()


def _refuse_other_prompts(work: Work) -> None:
    """Raise ``UsageError`` if agents would be told something else here than where the run was started."""
    read_prompts_anew()
    wanted = work.lineage.get("prompts") or {"translate": work.lineage.get("prompt")}
    others = [name for name, version in wanted.items() if version not in (None, prompt_hash(name))]
    if others:
        raise UsageError(
            f"The prompt '{others[0]}' on {gethostname()} is not that of this machine: have the same in "
            f"{own_prompt(others[0]).parent} on all of them."
        )


_here: tuple[str, Site] | None = None


def site_of(run: str, work: Callable[[], Work], places: dict[str, str]) -> Site:
    """Return this process's site of a run, opened now unless it was before; another run's is closed.

    ``places`` says where databases lie on this machine.
    """
    global _here
    if _here is None or _here[0] != run:
        leave()
        begun = work()
        begun.places.update(places)
        _here = run, Site(begun)
    _here[1].work.places.update(places)
    return _here[1]


@atexit.register
def leave() -> None:
    """Close this process's site, if there is one."""
    global _here
    if _here is not None:
        _here[1].close()
    _here = None
