"""How far a build is: what its dashboards show."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ..agents.budget import Usage
from .spending_view import dollars
from .totals import ItemResult, Totals

_WINDOW = 30.0  # seconds over which the rate is measured


@dataclass(slots=True)
class Stage:
    """A stage of the build and when, in seconds of the clock, it began and ended."""

    name: str
    began: float
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """When a run is done: with so many pairs, or with so many items whatever becomes of them (``of_items``)."""

    number: int
    of_items: bool = False


@dataclass(slots=True)
class Progress:
    """The state of a run as its observer hears of it."""

    goal: Goal
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    stages: list[Stage] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    sql: str = ""
    new: int = 0
    spent: Usage = field(default_factory=Usage)
    _done_at: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def on_stage(self, name: str) -> None:
        """End the stage under way and begin ``name``."""
        self.end_stage()
        self.stages.append(Stage(name, self.clock()))

    def end_stage(self) -> None:
        """End the stage under way, if there is one."""
        if self.stages:
            self.stages[-1].ended = self.clock()

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """Take in the result of an item and the totals with it."""
        self.totals = totals
        self.spent = sum((Usage(s.tokens_in, s.tokens_out, s.cost) for s in result.steps), self.spent)
        if result.status == "kept":
            self.new += 1
        if result.status == "kept" or self.goal.of_items:
            self._done_at.append(self.clock())

    def on_sql(self, sql: str) -> None:
        """Remember the statement that is under way."""
        self.sql = sql

    @property
    def spent_text(self) -> str:
        """What models have taken since the build began; empty while they have taken nothing."""
        return f"{self.spent.tokens:,} tokens, {dollars(self.spent.cost)}" if self.spent.tokens else ""

    @property
    def elapsed(self) -> float:
        """Seconds since the build began."""
        return self.clock() - self.began

    @property
    def done(self) -> int:
        """How much of the goal is reached."""
        return self.totals.items if self.goal.of_items else self.totals.kept

    @property
    def unit(self) -> str:
        """What the goal counts."""
        return "items" if self.goal.of_items else "pairs"

    @property
    def rate(self) -> float:
        """What counts towards the goal per second, over the last 30 seconds; 0 before the first."""
        now = self.clock()
        while self._done_at and self._done_at[0] < now - _WINDOW:
            self._done_at.popleft()
        since = max(self._counting_since, now - _WINDOW)
        return len(self._done_at) / (now - since) if now > since else 0.0

    @property
    def _counting_since(self) -> float:
        """When the stage began in which the run has been since, stages of a run by items following one another."""
        if not self.stages or self.goal.of_items:
            return self.began
        return self.stages[-1].began

    @property
    def remaining(self) -> float | None:
        """Seconds left at this rate; None while nothing tells."""
        rate = self.rate
        return (self.goal.number - self.done) / rate if rate else None


def clock_face(seconds: float) -> str:
    """Return a duration as ``h:mm:ss``."""
    whole = max(0, round(seconds))
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
