"""To come."""

from typing import Any
from ..session import UnsupportedError


def hierarchy(*_: Any) -> Any:
    raise UnsupportedError("the stand-in has no hierarchy")
