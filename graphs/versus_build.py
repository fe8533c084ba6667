"""Building the same pairs from two corpora, each into a directory of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

from ..knowledge.corpus import load_corpus
from ..tools.errors import UsageError
from ..tools.sources import open_source
from .build import BuildConfig, build
from .versus import Versus, compare_runs
from .work import Observer

Watch = Callable[[BuildConfig], AbstractContextManager[Observer]]


def build_versus(config: BuildConfig, other: str, watch: Watch) -> Versus:
    """Build with the corpus of ``config`` and with ``other``, from the same seeds, and compare.

    Either run goes on where it was left. Raises ``UsageError`` if a corpus is missing or both are the same, and what
    ends a build.
    """
    corpora = (load_corpus(config.dialect, config.corpus), load_corpus(config.dialect, other))
    if corpora[0].hash == corpora[1].hash:
        raise UsageError(f"'{corpora[0].name}' and '{other}' are the same corpus: --versus takes another one.")
    for corpus in corpora:
        run = replace(config, corpus=corpus.name, out=directory(config, corpus.name))
        with watch(run) as observer:
            summary = build(run, observer)
        if summary.failure:
            raise summary.failure
    names = (corpora[0].name, corpora[1].name)
    return compare_runs(config.dialect, names, (directory(config, names[0]), directory(config, names[1])))


def directory(config: BuildConfig, corpus: str) -> Path:
    """Return where the run of ``corpus`` goes: into ``--out``, or beside the other under ``runs/``."""
    if config.out is not None:
        return config.out / corpus
    with closing(open_source(config.db)) as source:
        return Path("runs") / f"{config.dialect}-{source.name}-{config.seed}-{corpus}"
