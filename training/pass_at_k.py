"""pass@k: how likely at least one of k answers to a question is right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from .graded import GradedAnswer
from .metrics import NO_EVIDENCE, Estimate, by_question, mean_with_interval

_KS = (1, 2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class PassAtK:
    """The mean of pass@k over the questions, with its interval."""

    k: int
    estimate: Estimate


def pass_at_k(n: int, c: int, k: int) -> float:
    """Return the chance that at least one of ``k`` answers drawn from ``n`` is right, of which ``c`` are.

    The unbiased estimator 1 - C(n-c, k) / C(n, k) of Chen et al., "Evaluating Large Language Models Trained on Code"
    (arXiv 2107.03374), section 2.1. Raises ``ValueError`` unless ``c`` is from 0 and ``k`` from 1 to ``n``.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"of {n} answers neither {c} can be right nor {k} be drawn")
    return 1.0 - prod((n - c - place) / (n - place) for place in range(k))


def pass_curve(answers: Iterable[GradedAnswer]) -> list[PassAtK]:
    """Return pass@k for k = 1, 2, 4, 8, 16 up to the fewest answers that a question has.

    Only questions that prove something count; one without any answer is wrong at every k.
    """
    proving = (a for a in answers if a.outcome not in NO_EVIDENCE)
    questions = list(by_question(proving).values())
    answered = [len(those) for those in questions if any(a.outcome != "missing" for a in those)]
    fewest = min(answered, default=0)
    return [PassAtK(k, mean_with_interval([_passes(those, k) for those in questions])) for k in _KS if k <= fewest]


def _passes(answers: Sequence[GradedAnswer], k: int) -> float:
    right = sum(a.outcome == "match" for a in answers)
    return pass_at_k(len(answers), right, k) if right else 0.0
