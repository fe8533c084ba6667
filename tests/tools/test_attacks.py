"""Every attack of the threat model, on each engine: blocked, in time, with nothing changed and nothing read outside."""

import time

import pytest
from isogloss.tools.outcome import ErrorClass, Execution, Outcome

from .attack_ground import LIMITS, SECRET, Ground
from .attack_probes import ATTACKS, Attack
from .engines_here import one
from .runaway_probes import ESCAPES, FLOODS, RUNAWAYS

_GRACE_SECONDS = 0.5
_ROWS = sorted({attack.row for attack in ATTACKS})


def is_blocked(execution: Execution) -> bool:
    """Return whether a statement was refused, by us or by the engine, and shows nothing."""
    refused = execution.outcome in (Outcome.REJECTED, Outcome.ERROR, Outcome.UNSUPPORTED)
    alive = execution.error_class is not ErrorClass.ENGINE_LOST
    return refused and alive and not execution.rows and SECRET not in repr(execution)


def of_dialect(attacks: list[Attack], ground: Ground) -> list[Attack]:
    return [attack for attack in attacks if attack.dialect == ground.dialect]


@pytest.mark.parametrize("row", _ROWS)
def test_attacks_are_blocked(ground: Ground, row: str) -> None:
    passed = []
    for attack in of_dialect(ATTACKS, ground):
        if attack.row == row:
            passed += [(attack.sql, each) for each in ground.tried(attack.sql) if not is_blocked(each)]
    assert not passed
    assert ground.is_as_before()


@pytest.mark.alone
def test_a_runaway_ends_in_time_and_the_next_statement_runs(ground: Ground) -> None:
    for attack in of_dialect(RUNAWAYS, ground):
        start = time.monotonic()
        execution = ground.guarded.execute(attack.sql)
        elapsed = time.monotonic() - start
        assert elapsed < LIMITS.seconds + _GRACE_SECONDS, (attack, elapsed)
        assert execution.outcome is not Outcome.RUNS, attack
        if elapsed >= LIMITS.seconds:
            assert execution.outcome is Outcome.TIMEOUT, (attack, execution)
        assert ground.guarded.execute(one(ground.dialect)).rows == ((1,),)
    assert ground.is_as_before()


@pytest.mark.alone
def test_a_flood_ends_in_time_and_gives_no_rows(ground: Ground) -> None:
    for attack in of_dialect(FLOODS, ground):
        start = time.monotonic()
        execution = ground.guarded.execute(attack.sql)
        assert time.monotonic() - start < LIMITS.seconds + _GRACE_SECONDS, attack
        assert execution.outcome in (Outcome.TOO_LARGE, Outcome.ERROR, Outcome.TIMEOUT, Outcome.UNSUPPORTED), attack
        assert not execution.rows
        assert ground.guarded.execute(one(ground.dialect)).rows == ((1,),)
    assert ground.is_as_before()


def test_terminal_escapes_stay_data(ground: Ground) -> None:
    as_data, in_error = ESCAPES[ground.dialect]
    shown, failed = ground.guarded.execute(as_data), ground.guarded.execute(in_error)
    assert shown.rows == (("\x1b[2Jx",),) or shown.outcome is Outcome.UNSUPPORTED
    assert failed.outcome is not Outcome.REJECTED
