"""To come."""

from typing import Any
from ..session import UnsupportedError


def nested_aggregates(*_: Any) -> Any:
    raise UnsupportedError("the stand-in has no nested_aggregates")
