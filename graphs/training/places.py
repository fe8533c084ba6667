"""The databases of runs, found and opened again to write prompts about them."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ...tools.dialect_schema import dialect_schema
from ...tools.engines import open_engine
from ...tools.errors import UsageError
from ...tools.outcome import Limits
from ...tools.question_sets.databases import databases_for
from ...tools.schema_excerpt import SchemaExcerpt
from ...tools.sources import BUNDLED, open_source
from ..cleaning import REDACTED
from ..dataset import Pair

_LIMITS = Limits(seconds=10.0)  # as in sampling


class Place(NamedTuple):
    """A database in the engine of ``dialect``; ``fingerprint`` is that of its content, where the run has kept it."""

    dialect: str
    database: str
    source: str
    fingerprint: str | None

    def schema(self, tokens: int, values: int) -> SchemaExcerpt:
        """Return its schema as prompts have it; see ``dialect_schema``.

        Raises ``UsageError`` where it is gone, needs a password or is another now, and ``IsoglossError`` if the engine
        does not start.
        """
        self._require_there()
        with open_engine(self.dialect, self.source, workers=1, limits=_LIMITS) as engine:
            return dialect_schema(engine, tokens, values)

    def _require_there(self) -> None:
        name = f"name it with --db {self.database}=DB"
        if REDACTED in self.source:
            raise UsageError(f"the password of {self.database} is not kept: {name}.")
        if self.source not in BUNDLED and "://" not in self.source and not Path(self.source).exists():
            raise UsageError(f"{self.database} is gone, which was {self.source}: {name}.")
        if self.fingerprint:
            with closing(open_source(self.source, self.dialect)) as source:
                if source.fingerprint != self.fingerprint:
                    raise UsageError(f"{self.database} is not what it was when the run was made: {name}.")


class Finder:
    """Says what to open for the database of a pair: what was named for it, what a folder has, what the run had."""

    def __init__(self, named: Mapping[str, str], folder: Path | None) -> None:
        """Raises ``UsageError`` if ``folder`` is none."""
        self._named = named
        self._folder = databases_for(folder / "pairs.jsonl", folder) if folder else None

    def source_of(self, pair: Pair) -> str:
        """Return a path, a URL or the name of a bundled database."""
        name = pair["database"]
        found = self._named.get(name) or (self._folder and self._folder.source_of(name))
        return found or str(pair.get("source") or name)
