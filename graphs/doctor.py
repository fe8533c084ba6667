"""What works on this machine, and the one command that would make the rest work."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.corpus import load_corpus
from ..tools.dialects import DIALECTS
from ..tools.engines import engine_status
from ..tools.errors import UsageError
from ..tools.home import home


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that works or not: ``detail`` says what it is, ``remedy`` is the command that would mend it."""

    area: str
    name: str
    ready: bool
    detail: str
    remedy: str | None = None


def diagnose() -> list[Check]:
    """Check engines, models, corpora and Isogloss's own folder, without starting or changing anything."""
    return [*_engines(), _model(), *_corpora(), _home()]


def _engines() -> Iterator[Check]:
    for status in engine_status():
        detail = status.version or "not installed"
        yield Check("engine", status.dialect, status.ready, detail, status.remedy)


def _model() -> Check:
    return Check("model", "grammar", True, "embedded: no weights, no key; the only model of this version")


def _corpora() -> Iterator[Check]:
    for dialect in DIALECTS:
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
