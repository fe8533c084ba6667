"""Copying a database into an engine, and saying whether the copy is whole."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from ..tools.engines import copy_database
from ..tools.engines.copying import dialect_of
from ..tools.loaded import TableCheck, check_loaded
from ..tools.sources import open_source


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How a copy went: the engine it is in, a check a table, and what of a script's statements failed."""

    database: str
    dialect: str
    engine: str
    stand_in: bool
    seconds: float
    tables: tuple[TableCheck, ...]
    failures: tuple[str, ...]
    equal: bool


def load(spec: str, into: str, script_dialect: str | None, on_stage: Callable[[str], None]) -> LoadReport:
    """Copy the database ``spec`` names to ``into`` and compare every column; ``on_stage`` is told what goes on.

    A SQL script is of ``script_dialect`` or, without one, of the dialect it is copied into. Raises
    ``UsageError`` for a source or place that will not do.
    """
    began = time.monotonic()
    dialect = dialect_of(into)
    on_stage(f"read {spec.rpartition('@')[2]}")
    with closing(open_source(spec, script_dialect or dialect)) as source:
        on_stage(f"copy into {dialect}")
        with copy_database(source, into) as engine:
            checks = []
            on_stage("compare row counts and checksums")
            for check in check_loaded(source, engine):
                checks.append(check)
                on_stage(f"compared {check.table}")
        return LoadReport(
            source.name,
            dialect,
            engine.version,
            engine.stand_in,
            round(time.monotonic() - began, 2),
            tuple(checks),
            tuple(getattr(source, "failures", ())),
            all(check.equal for check in checks),
        )
