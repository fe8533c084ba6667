"""What each dialect has of its own, as its documentation says, on its engine.

A row of ``probes/DIALECT.tsv`` holds a statement on the ``shop`` database and either the rows it returns, as JSON, or
the class of its error. A stand-in may answer ``unsupported`` to a few of the statements that are valid.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from isogloss.tools.compare import compare
from isogloss.tools.dialects import DIALECTS, get_dialect
from isogloss.tools.engines import Engine
from isogloss.tools.outcome import ErrorClass, Execution, Limits, Outcome
from sqlglot import parse_one
from sqlglot.errors import SqlglotError

from .engines_here import Engines

_FOLDER = Path(__file__).parent / "probes"
_LEAST_VALID, _LEAST_INVALID = 40, 30
_UNSUPPORTED_OF_SIXTY = 8  # of sixty valid statements, so many at most


class Probe(NamedTuple):
    """One row of a table of probes."""

    dialect: str
    name: str
    sql: str
    expected: str
    source: str

    @property
    def is_valid(self) -> bool:
        """Whether rows are expected, not an error."""
        return self.expected.startswith("[")


def probes_of(dialect: str) -> list[Probe]:
    """Return a dialect's probes; none if it has no table."""
    path = _FOLDER / f"{dialect}.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")[1:] if path.exists() else []
    return [Probe(dialect, *line.split("\t")) for line in lines if line]


_PROBES = [probe for dialect in DIALECTS for probe in probes_of(dialect)]


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    opened = Engines("shop", workers=1, limits=Limits(seconds=20))
    yield opened
    opened.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest, engines: Engines) -> Engine:
    return engines[request.param]


def plain(value: Any) -> Any:
    """Return a driver's value as the tables of probes write it."""
    if isinstance(value, datetime):
        return str(value.replace(tzinfo=None) - (value.utcoffset() or value - value))
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return {"hex": bytes(value).hex()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def expected_execution(probe: Probe) -> Execution:
    """Return the execution a valid probe should come to."""
    rows = json.loads(probe.expected, parse_float=Decimal)
    return Execution(probe.sql, Outcome.RUNS, 0.0, rows=tuple(map(tuple, rows)))


def is_ordered(probe: Probe) -> bool:
    """Return whether the outermost query says in which order its rows come."""
    try:
        return parse_one(probe.sql, read=get_dialect(probe.dialect).sqlglot).args.get("order") is not None
    except SqlglotError:
        return False


def same_rows(expected: Execution, got: Execution, ordered: bool) -> bool:
    """Return whether two results match; one that proves nothing, such as a lone NULL, must be equal."""
    outcome = compare(expected, got, ordered)
    return outcome is Outcome.MATCH or (outcome is Outcome.VACUOUS and expected.rows == got.rows)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_enough_probes(dialect: str) -> None:
    probes = probes_of(dialect)
    if not probes:
        pytest.skip(f"there are no probes of {dialect}")
    assert sum(probe.is_valid for probe in probes) >= _LEAST_VALID
    assert sum(not probe.is_valid for probe in probes) >= _LEAST_INVALID
    assert len({(probe.name, probe.is_valid) for probe in probes}) == len(probes)
    assert all(probe.source.startswith("https://") for probe in probes)
    assert {probe.expected for probe in probes if not probe.is_valid} <= set(ErrorClass)


@pytest.mark.parametrize(
    ("engine", "probe"),
    [pytest.param(p.dialect, p, id=f"{p.dialect}-{'valid' if p.is_valid else 'invalid'}-{p.name}") for p in _PROBES],
    indirect=["engine"],
)
def test_probe(engine: Engine, probe: Probe) -> None:
    execution = engine.execute(probe.sql)
    if not probe.is_valid:
        assert (execution.outcome, execution.error_class) == (Outcome.ERROR, probe.expected), execution
    elif not (engine.stand_in and execution.outcome is Outcome.UNSUPPORTED):
        assert execution.outcome is Outcome.RUNS, execution
        got = Execution(probe.sql, Outcome.RUNS, 0.0, rows=tuple(map(tuple, plain(execution.rows))))
        assert same_rows(expected_execution(probe), got, is_ordered(probe)), execution.rows


@pytest.mark.parametrize("engine", DIALECTS, indirect=True)
def test_few_valid_statements_are_unsupported(engine: Engine) -> None:
    valid = [probe for probe in probes_of(engine.dialect) if probe.is_valid]
    outcomes = [engine.execute(probe.sql).outcome for probe in valid] if engine.stand_in else []
    assert outcomes.count(Outcome.UNSUPPORTED) * 60 <= _UNSUPPORTED_OF_SIXTY * len(valid)
