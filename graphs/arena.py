"""Where answers are judged: a database in the engine of its gold queries and in the engine under test."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from ..tools.compare import Comparison
from ..tools.engines import Engine, open_engine
from ..tools.engines.loading import Source
from ..tools.engines.sampled import SampledSource
from ..tools.gold import Gold, gold_of, graded
from ..tools.outcome import Limits
from ..tools.sources import open_source
from .tracing.tape import answered
from .tracing.taped import TapedEngine, plain_gold, restored_gold


class Arena:
    """A database twice: ``gold_engine`` never sees a prediction, ``engine`` executes nothing else.

    Thread-safe; what a gold query gives is remembered.
    """

    def __init__(self, gold_engine: Engine, engine: Engine) -> None:
        self.gold_engine, self.engine = gold_engine, engine
        self._known: dict[str, Gold] = {}

    def gold(self, sql: str) -> Gold:
        """Return what a gold query gives, its soundness included."""
        return answered("gold", sql, lambda: self._gold(sql), plain_gold, restored_gold)

    def _gold(self, sql: str) -> Gold:
        known = self._known.get(sql)
        return known or self._known.setdefault(sql, gold_of(self.gold_engine, sql))

    def grade(self, gold: Gold, sql: str) -> Comparison:
        """Execute ``sql`` on the engine under test and compare its rows with gold that runs."""
        return graded(gold, self.engine.execute(sql), self.engine.dialect)


@contextmanager
def open_arena(source: str, gold_dialect: str, dialect: str, workers: int, limits: Limits) -> Iterator[Arena]:
    """Open the database ``source`` for gold of ``gold_dialect`` and predictions in ``dialect``.

    Where the engine under test holds a sample of the rows, gold's holds the same. Raises ``UsageError`` for a source
    that will not do, ``IsoglossError`` if an engine does not start.
    """
    with ExitStack() as stack:
        if gold_dialect == dialect:
            gold_engine = stack.enter_context(open_engine(gold_dialect, source, workers=workers, limits=limits))
            yield taped_arena(gold_engine, stack.enter_context(gold_engine.apart(workers)))
            return
        engine = stack.enter_context(open_engine(dialect, source, workers=workers, limits=limits))
        same: Source | str = source
        if engine.sampled:
            same = SampledSource(stack.enter_context(closing(open_source(source, gold_dialect))), engine.sampled)
        gold_engine = stack.enter_context(open_engine(gold_dialect, same, workers=workers, limits=limits))
        yield taped_arena(gold_engine, engine)


def taped_arena(gold_engine: Engine | None, engine: Engine | None) -> Arena:
    """Return an arena whose answers are kept; without engines, inside of a playback, they are those that were."""
    return Arena(TapedEngine(gold_engine, "gold engine"), TapedEngine(engine))
