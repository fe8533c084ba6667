"""Which dialects can be tested on this machine, and why the others cannot."""

from functools import cache
from importlib.util import find_spec

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import engine_status


@cache
def why_missing(dialect: str) -> str | None:
    """Return why a dialect's embedded engine cannot be used here, None if it can."""
    if not find_spec(f"isogloss.tools.engines.{dialect}_database"):
        return f"there is no engine for {dialect}"
    statuses = {status.dialect: status for status in engine_status()}
    status = statuses.get(dialect)
    return None if status and status.ready else f"the engine of {dialect} is not installed: {status and status.remedy}"


def skip_if_missing(dialect: str) -> None:
    """Skip the running test, with the reason, if the dialect's engine cannot be used here."""
    if reason := why_missing(dialect):
        pytest.skip(reason)


PRESENT = tuple(dialect for dialect in DIALECTS if not why_missing(dialect))
