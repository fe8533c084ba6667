"""Which dialects' engines can be tested on this machine, and engines opened once for many tests."""

from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, engine_status, open_engine
from isogloss.tools.engines.loading import Source

NEEDS_A_TABLE = {"oracle": " FROM dual"}  # after a SELECT of no table's columns


def one(dialect: str, expression: str = "1") -> str:
    """Return the query for one expression."""
    return f"SELECT {expression}{NEEDS_A_TABLE.get(dialect, '')}"


@cache
def why_missing(dialect: str) -> str | None:
    """Return why a dialect's embedded engine cannot be used here, None if it can."""
    if not find_spec(f"isogloss.tools.engines.{dialect}_database"):
        return f"there is no engine for {dialect}"
    status = {status.dialect: status for status in engine_status()}.get(dialect)
    return None if status and status.ready else f"the engine of {dialect} is not installed: {status and status.remedy}"


def skip_if_missing(dialect: str) -> None:
    """Skip the running test, with the reason, if the dialect's engine cannot be used here."""
    if reason := why_missing(dialect):
        pytest.skip(reason)


PRESENT = tuple(dialect for dialect in DIALECTS if not why_missing(dialect))


class Engines:
    """The engines of all dialects on one source, each opened when it is first asked for."""

    def __init__(self, source: Source | str, **options: Any) -> None:
        self._source, self._options = source, options
        self._opened: dict[str, Engine] = {}

    def __getitem__(self, dialect: str) -> Engine:
        skip_if_missing(dialect)
        if dialect not in self._opened:
            self._opened[dialect] = open_engine(dialect, self._source, **self._options)
        return self._opened[dialect]

    def close(self) -> None:
        """Close what was opened."""
        for engine in self._opened.values():
            engine.close()
