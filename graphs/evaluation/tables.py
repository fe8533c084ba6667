"""The tables of an evaluation's report as plain text, for the terminal, Markdown and HTML alike."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...tools.proportions import Proportion
from ...training.metrics import ALL, Accuracy, Cell, Estimate
from .report import Against, EvalReport

_FOREIGN = 8  # foreign constructs named
_ORDER = (
    "match",
    "runs but differs",
    "error",
    "timeout",
    "too_large",
    "rejected",
    "missing",
    "bad_gold",
    "nondeterministic",
    "vacuous",
    "unsupported",
)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table: its first columns, as many as ``words``, hold words and the others numbers."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    words: int = 1


def outcomes(cell: Cell) -> dict[str, int]:
    """Return how often each outcome occurs, errors of all classes together, from best to worst."""
    count: Counter[str] = Counter()
    for grade, times in cell.grades.items():
        count[grade.partition("(")[0]] += times
    return {name: count[name] for name in _ORDER if count[name]}


def headline(report: EvalReport) -> list[str]:
    """Return what the evaluation comes to, in a sentence for each figure."""
    found = report.accuracy
    left_out = ", ".join(f"{count} {why}" for why, count in report.left_out.items())
    every = found.questions + found.left_out
    lines = [f"execution accuracy {percent(found.estimate)} of the {found.questions} questions that prove something"]
    if found.strict is not None:
        why = f", counting as wrong what proves nothing ({left_out})" if left_out else ""
        lines.append(f"strictly {100 * found.strict:.1f} % of all {every} questions{why}")
    return lines


def accuracy_table(title: str, cells: Sequence[Cell]) -> TextTable:
    """Return a row per dialect and hardness: its answers, how often each outcome occurs, and accuracy."""
    found = [outcomes(cell) for cell in cells]
    names = [name for name in _ORDER if any(name in each for each in found)]
    rows = []
    for cell, each in zip(cells, found, strict=True):
        counts = (str(count) for count in (sum(each.values()), *(each.get(name, 0) for name in names)))
        rows.append((cell.dialect, cell.hardness, *counts, percent(cell.accuracy.estimate)))
    return TextTable(title, ("dialect", "hardness", "answers", *names, "accuracy"), rows, words=2)


def grades_table(cells: Iterable[Cell]) -> TextTable:
    """Return a row per grade of all answers, the most frequent first."""
    count: Counter[str] = Counter()
    for cell in cells:
        if cell.hardness == ALL:
            count.update(cell.grades)
    rows = [(grade, str(times), f"{100 * times / count.total():.1f} %") for grade, times in count.most_common()]
    return TextTable("What became of the answers", ("grade", "answers", "share"), rows)


def pass_table(report: EvalReport) -> TextTable:
    """Return a row per k."""
    rows = [(f"pass@{each.k}", percent(each.estimate)) for each in report.pass_curve]
    return TextTable("At least one of k answers right", ("", "questions"), rows)


def dialect_table(report: EvalReport) -> TextTable:
    """Return how the answers use the constructs of their dialect, and of others."""
    found, name = report.dialect, report.about["dialect"]
    foreign = list(found.foreign_constructs.items())[:_FOREIGN]
    rows = [
        ("questions whose gold is known in the dialect", str(found.references)),
        (
            f"accuracy where gold uses what not every dialect has ({found.particular.whole} answers)",
            _of(found.accuracy),
        ),
        ("of these, answers that use such a construct too", share(found.particular)),
        (f"answers with a construct that {name} has not", share(found.foreign)),
        *((f"    {construct}", str(count)) for construct, count in foreign),
    ]
    return TextTable(f"The dialect {name}", ("", ""), rows)


def against_table(report: EvalReport, against: Against) -> TextTable:
    """Return both systems on the questions that prove something of both, and how sure the difference is."""
    test, here = against.test, f"{report.about['system']} in {report.about['dialect']}"
    if test is None:
        return TextTable(f"Against {against.name}", ("", ""), [("questions that prove something of both", "0")])
    rows = [
        ("questions that prove something of both", str(test.questions)),
        (f"{here} (A)", f"{100 * test.first:.1f} %"),
        (f"{against.name} (B)", f"{100 * test.second:.1f} %"),
        ("difference A - B, in points", points(test.difference)),
        ("only A right, or more often", str(test.first_better)),
        ("only B right, or more often", str(test.second_better)),
        ("p-value, McNemar's exact test", f"{test.p_value:.3g}"),
        *(
            (f"questions that only {side} was asked", str(n))
            for side, n in (("A", against.only_here), ("B", against.only_there))
            if n
        ),
    ]
    return TextTable(f"Against {against.name}", ("", ""), rows)


def percent(found: Estimate) -> str:
    """Return a share in percent with its 95 % interval: ``84.2 % (82.0-86.3)``."""
    if found.value is None:
        return "-"
    return f"{100 * found.value:.1f} % ({100 * found.low:.1f}-{100 * found.high:.1f})"


def points(found: Estimate) -> str:
    """Return a difference in percentage points with its 95 % interval: ``+1.2 (-0.3 to +2.8)``."""
    if found.value is None:
        return "-"
    return f"{100 * found.value:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def share(found: Proportion) -> str:
    """Return a proportion in percent with its 95 % interval, and the counts."""
    return f"{percent(Estimate(found.value, found.low, found.high))}  {found.part}/{found.whole}"


def _of(found: Accuracy) -> str:
    return percent(found.estimate)
