"""Gold: what a reference query gives, and how the result of another query compares with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot.errors import SqlglotError

from .canonical import rules_between
from .compare import Comparison, Label, compare_results, is_vacuous
from .engines import Engine
from .ordering import is_ordered, ranked
from .outcome import Execution, Outcome
from .stability import instability


@dataclass(frozen=True, slots=True)
class Gold:
    """The result of a reference query of ``dialect``.

    ``ranks`` gives each row its place in the order the query asks for, the same for ties; None if it asks for none.
    ``unstable`` says why the rows hang on chance, ``failure`` why there are none; both None for a sound reference.
    """

    dialect: str
    execution: Execution
    ranks: Sequence[int] | None = None
    unstable: str | None = None
    failure: str | None = None

    @property
    def vacuous(self) -> bool:
        """Whether it runs and proves nothing: no row, or no value but NULL."""
        return self.failure is None and is_vacuous(self.execution)


def gold_of(engine: Engine, sql: str) -> Gold:
    """Execute a reference query, also with its ties broken otherwise, and find the order it asks for."""
    execution = engine.execute(sql)
    if execution.outcome is not Outcome.RUNS:
        return Gold(engine.dialect, execution, failure=failure_text(execution))
    why_unstable = _instability(engine, execution)
    return Gold(engine.dialect, *ranked(engine, execution), why_unstable)


def graded(gold: Gold, predicted: Execution, dialect: str) -> Comparison:
    """Compare the result of a query of ``dialect`` with sound or unstable gold.

    What gave no rows is labelled with what became of it; anything beside unstable gold is ``nondeterministic``.
    """
    if predicted.outcome is not Outcome.RUNS:
        return Comparison(Label(predicted.outcome.value), gold.execution, predicted, failure_text(predicted))
    if gold.unstable:
        why = f"gold proves nothing: {gold.unstable}"
        return Comparison(Label.NONDETERMINISTIC, gold.execution, predicted, why)
    comparison = compare_results(gold.execution, predicted, gold.ranks, rules_between(gold.dialect, dialect))
    if gold.ranks is None or is_ordered(predicted.sql, dialect):
        return comparison
    return replace(
        comparison, notes=(*comparison.notes, "the prediction asks for no order: its rows came as they came")
    )


def _instability(engine: Engine, gold: Execution) -> str | None:
    try:
        return instability(engine, gold)
    except (SqlglotError, RecursionError):  # what only the engine can read is taken at its word
        return None


def failure_text(execution: Execution) -> str:
    """Return in one line what became of a query that gave no rows."""
    known = [execution.error_class, execution.rule, " ".join((execution.error or "").split())]
    return ": ".join(str(each) for each in known if each) or f"stopped after {execution.seconds:.1f} s"
