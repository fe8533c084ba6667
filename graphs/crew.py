"""Who makes a run's results: this process, or a cluster."""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.language_models import BaseChatModel

from ..agents.budget import Budget
from ..tools.errors import UsageError
from .run_directory import RunDirectory
from .run_models import ModelSettings, load_models
from .work import Cluster, Crew, Observer, Work

if TYPE_CHECKING:
    from .cluster.connection import Connection


def cluster_of(on: str | None, shards: str | None) -> Cluster | None:
    """Return what ``--on`` and ``--shards`` say; raises ``UsageError`` where that is nothing, or Ray is missing."""
    if on is None:
        if shards is not None:
            raise UsageError("--shards is where a cluster puts its work: name the cluster with --on.")
        return None
    if on != "ray" and not on.startswith("ray://"):
        raise UsageError(f"'{on}' is no cluster: --on takes ray, for one on this machine, or ray://HOST:PORT.")
    if find_spec("ray") is None:
        raise UsageError("A cluster needs Ray: pip install 'isogloss[cluster]'.")
    return Cluster(None if on == "ray" else on, shards)


def models_here(cluster: Cluster | None, asked: set[str], settings: ModelSettings) -> dict[str, BaseChatModel]:
    """Return the models by name, ready to be asked; none where the machines of a cluster load them.

    Raises ``UsageError`` for a model that is not to be had, and for a limit that no machine alone could keep.
    """
    if cluster is None:
        return load_models(asked, settings) | _grammar_on_two_cores(asked)
    refuse_limits(settings)
    return {}


def _grammar_on_two_cores(asked: set[str]) -> dict[str, BaseChatModel]:
    """Return the rules with a helper, if they are asked and there is a core for it; each core of a cluster has work."""
    if "grammar" not in asked or (os.cpu_count() or 1) == 1:
        return {}
    from ..agents.grammar.helper import Helper
    from ..agents.grammar.model import GrammarModel

    return {"grammar": GrammarModel(helper=Helper())}


def refuse_limits(settings: ModelSettings) -> None:
    """Raise ``UsageError`` for a limit that no machine of a cluster alone could keep."""
    if settings.limited:
        raise UsageError("--max-cost and --max-tokens hold in one process: leave them out, or --on.")


@contextmanager
def open_crew(
    work: Work,
    run: RunDirectory,
    cluster: Cluster | None,
    models: dict[str, BaseChatModel],
    budget: Budget,
    observer: Observer,
    secrets: Iterable[str],
) -> Iterator[Crew]:
    """Open the crew of a run; shards in the run's own directory are deleted once it is finished."""
    if cluster is None:
        with work.crew(models, budget, observer) as crew:
            yield crew
        return
    observer.on_stage("join the cluster")
    with joined(cluster) as connection:
        from .cluster.ray_crew import RayCrew
        from .cluster.shards import Shards

        folder = cluster.shards or str(run.path.absolute() / "shards")
        shards = Shards(f"{folder}/{run.digest}", secrets)
        yield RayCrew(work, connection, shards)
    if run.finished and cluster.shards is None:
        with suppress(OSError):  # nothing was left to do, or a shard that nobody wanted came late
            shards.remove()
            Path(folder).rmdir()


def joined(cluster: Cluster) -> AbstractContextManager["Connection"]:
    """Join a cluster; raises ``IsoglossError`` where there is none.

    `ray start` wants a token where there is one, and Ray's client, which reads its environment when it is imported,
    shows it only if told to.
    """
    if "RAY_AUTH_TOKEN" in os.environ or (Path.home() / ".ray" / "auth_token").exists():
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    from .cluster.connection import join

    return join(cluster.address)
