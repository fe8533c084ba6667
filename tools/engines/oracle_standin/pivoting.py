"""To come."""

from typing import Any
from ..session import UnsupportedError


def pivoted(*_: Any) -> Any:
    raise UnsupportedError("the stand-in has no pivoted")
