"""Times and costs, short enough for a line of a trace."""

from ..spending_view import dollars

_TOLD_IN_SECONDS = 100


def duration(seconds: float) -> str:
    """Return a time as ``0.4 ms``, ``38 ms``, ``5.1 s`` or ``2.5 min``."""
    if seconds >= _TOLD_IN_SECONDS:
        return f"{seconds / 60:.1f} min"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 or not seconds else f"{seconds * 1000:.1f} ms"


def cost_of(tokens: int, cost: float | None) -> str:
    """Return what ``tokens`` cost: nothing if it was free, ``$?`` if the price is unknown."""
    return dollars(cost) if cost or (tokens and cost is None) else ""
