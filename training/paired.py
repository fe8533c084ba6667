"""Two systems on the same questions: which is better, and whether chance alone would show as much."""

from collections.abc import Iterable
from dataclasses import dataclass

from .graded import GradedAnswer
from .metrics import Estimate, matching_shares, mean_with_interval


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The first system against the second, on the ``questions`` that prove something of both.

    ``difference`` is the first's accuracy less the second's. ``first_better`` and ``second_better`` are the questions
    on which one did better than the other; ``p_value`` is how likely chance is to part them so unevenly or more.
    """

    questions: int
    first: float
    second: float
    difference: Estimate
    first_better: int
    second_better: int
    p_value: float


def paired_test(first: Iterable[GradedAnswer], second: Iterable[GradedAnswer]) -> PairedTest:
    """Compare two systems by the questions' ids; raises ``ValueError`` where they share none that proves something.

    With one answer to a question this is McNemar's exact test, with several a sign test on the shares that match.
    """
    mine, other = _shares(first), _shares(second)
    common = [id_ for id_ in mine if id_ in other]
    if not common:
        raise ValueError("no question proves something of both")
    differences = [mine[id_] - other[id_] for id_ in common]
    better, worse = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    return PairedTest(
        len(common),
        sum(mine[id_] for id_ in common) / len(common),
        sum(other[id_] for id_ in common) / len(common),
        mean_with_interval(differences, lowest=-1.0),
        better,
        worse,
        mcnemar(better, worse),
    )


def mcnemar(better: int, worse: int) -> float:
    """Return the two-sided p-value of McNemar's test in its exact form: a binomial test of the discordant pairs.

    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947).
    """
    discordant = better + worse
    term = tail = 1  # C(discordant, i), and their sum up to the fewer
    for i in range(1, min(better, worse) + 1):
        term = term * (discordant - i + 1) // i
        tail += term
    return min(1.0, 2 * tail / (1 << discordant))


def _shares(answers: Iterable[GradedAnswer]) -> dict[str, float]:
    grouped: dict[str, list[GradedAnswer]] = {}
    for answer in answers:
        grouped.setdefault(answer.id, []).append(answer)
    return matching_shares(grouped)
