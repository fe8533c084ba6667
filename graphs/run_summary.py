"""How any run ended, and how its end is awaited."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from ..agents.budget import BudgetSpent, RunStopped
from .run_directory import RunDirectory
from .run_models import with_models
from .spending import Spending
from .totals import Totals


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """Where a run's files are, its totals, and what the models have taken.

    ``seconds`` is this process's wall time; ``stop`` is what kept the models from going on.
    """

    directory: Path
    totals: Totals
    seconds: float
    spending: Spending
    stop: RunStopped | None = None

    @property
    def failure(self) -> RunStopped | None:
        """What stopped the run, if that was no limit of the user's own."""
        return None if isinstance(self.stop, BudgetSpent) else self.stop


def run_to_its_end(
    run: RunDirectory, models: Iterable[BaseChatModel], work: Awaitable[RunStopped | None]
) -> tuple[RunStopped | None, float]:
    """Await what commits a run's items; return what stopped it, if the models did, and the seconds it took.

    Raises ``RunStopped`` if there is nothing to sum up: the models never answered.
    """
    began = time.monotonic()
    stop = asyncio.run(with_models(models, work))
    if stop and not run.totals.items and not isinstance(stop, BudgetSpent):
        raise stop
    return stop, round(time.monotonic() - began, 2)
