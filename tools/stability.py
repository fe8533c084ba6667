"""Whether a query that ran would give the same rows again."""

from .compare import compare
from .determinism import arbitrary, tie_break_variants, volatile
from .engines import Engine
from .outcome import Execution, Outcome


def instability(engine: Engine, first: Execution) -> str | None:
    """Return why a query that ran may give other rows, None if nothing speaks for it.

    Its variants with ties broken both ways are executed if order decides anything, else the query itself once
    more. Raises ``sqlglot.errors.SqlglotError`` if it does not parse.
    """
    sql, dialect = first.sql, engine.dialect
    if volatile(sql, dialect):
        return "it calls a function whose value changes"
    if arbitrary(sql, dialect):
        return "it collects a list from rows in no order"
    variants = tie_break_variants(sql, dialect, engine.schema())
    for other in variants or [sql]:
        again = engine.execute(other)
        if again.outcome is not Outcome.RUNS:
            again = engine.execute(sql)  # a variant the engine cannot run says nothing about the query
        if compare(first, again, ordered=False) not in (Outcome.MATCH, Outcome.VACUOUS):
            return "ties decide which rows or values it gives" if variants else "a second execution gave other rows"
    return None
