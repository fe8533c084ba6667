"""What works on this machine, and the one command that would make the rest work."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..agents.models_status import Ping, model_status, ping
from ..knowledge.corpus import load_corpus
from ..tools.dialects import all_dialects
from ..tools.engines import engine_status
from ..tools.errors import UsageError
from ..tools.home import home

_OWN = ("grammar", "smollm2")  # models of this process that have a name by themselves


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that works or not: ``detail`` says what it is, ``remedy`` is the command that would mend it."""

    area: str
    name: str
    ready: bool
    detail: str
    remedy: str | None = None


def diagnose(asked: Sequence[str], base_url: str | None, progress: Callable[[str], None]) -> list[Check]:
    """Check engines, models, corpora and Isogloss's own folder, without changing anything.

    The models ``asked`` and those ready in this process are asked one short question; ``progress`` is told of each.
    """
    return [*_engines(), *_models(asked, base_url, progress), *_corpora(), _home()]


def _engines() -> Iterator[Check]:
    for status in engine_status():
        detail = status.version or status.problem or "not installed"
        yield Check("engine", status.dialect, status.ready, detail, status.remedy)


def _models(asked: Sequence[str], base_url: str | None, progress: Callable[[str], None]) -> Iterator[Check]:
    status = {model.spec: model for model in model_status()}
    own = [spec for spec in _OWN if status[spec].ready and spec not in asked]
    for spec in [*own, *asked]:
        if spec != "grammar":
            progress(f"asking {spec}")
        yield ping_check(ping(spec, base_url))
    for model in status.values():
        if model.spec not in {*own, *asked}:
            yield Check("model", model.spec, model.ready, model.detail, model.remedy)


def ping_check(found: Ping) -> Check:
    """Return what came of asking a model as a check."""
    return Check("model", found.spec, found.answered, f"{found.detail} after {found.seconds:.1f} s")


def _corpora() -> Iterator[Check]:
    for dialect in all_dialects():
        try:
            corpus = load_corpus(dialect)
        except UsageError as error:
            yield Check("corpus", dialect, False, str(error), f"isogloss corpus use {dialect} builtin")
        else:
            yield Check("corpus", dialect, True, f"{corpus.name}, {len(corpus.snippets)} snippets")


def _home() -> Check:
    folder = home()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    ready = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    remedy = None if ready else "export ISOGLOSS_HOME=FOLDER"
    return Check("folder", str(folder), ready, "writable" if ready else "not writable", remedy)
