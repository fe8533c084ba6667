"""What the evaluations come to: a table of accuracies, and the comparisons that carry a claim."""

import json
from collections import defaultdict
from collections.abc import Sequence

from isogloss.graphs.evaluation.directory import read_evaluation
from isogloss.graphs.evaluation.tables import percent, points
from isogloss.training.metrics import Estimate, by_question, matching_shares, mean_with_interval

from .plan import DIALECTS, GATES, MERGES, Plan

_KINDS = ("human", "synthetic", "both", "best-of-n", "dpo")  # a model for each dialect
_MERGED = (*MERGES, *(f"mixture-{gate}" for gate in GATES))
_TUNED = ("joint-tuned", *(f"{name}-tuned" for name in _MERGED))
_EXPERTS_TUNED = tuple(f"both-{dialect}-tuned" for dialect in DIALECTS)  # of which each seed has its best
_CLAIMS = (
    ("human", "base"),
    ("synthetic", "base"),
    ("synthetic", "human"),
    ("both", "human"),
    ("both", "synthetic"),
    ("best-of-n", "both"),
    ("dpo", "best-of-n"),
    ("joint", "both"),
    *((name, "both") for name in _MERGED),
    ("joint-tuned", "joint"),
    *((name, other) for name in _TUNED[1:] for other in ("joint-tuned", "joint", *_EXPERTS_TUNED)),
    *((f"mixture-{gate}-tuned", "mixture-random-tuned") for gate in GATES if gate != "random"),
    *((f"mixture-{gate}-tuned", "slerp-tuned") for gate in GATES),
)

Shares = dict[tuple[int, str, str], float]  # of the answers that match, by seed, dialect and question


def results(plan: Plan, seeds: Sequence[int]) -> str:
    """Return the tables as Markdown, of the evaluations that there are."""
    names = ["base", *_KINDS, *(f"both-{dialect}" for dialect in DIALECTS), "joint", *_MERGED, *_TUNED, *_EXPERTS_TUNED]
    found = {name: shares for name in names if (shares := _shares(plan, name, seeds))}
    lines = ["| model | " + " | ".join(DIALECTS) + " | all | seeds |", "| --- |" + " ---: |" * (len(DIALECTS) + 2)]
    lines += [_row(name, shares) for name, shares in found.items()]
    lines += ["", "| first | second | questions | difference | better : worse |", "| --- | --- |" + " ---: |" * 3]
    lines += [_claim(first, second, found) for first, second in _CLAIMS if first in found and second in found]
    return "\n".join([*lines, "", _hours(plan)])


def _shares(plan: Plan, name: str, seeds: Sequence[int]) -> Shares:
    """Return the shares of a model, or of one kind's models each in its own dialect."""
    found: Shares = {}
    for seed in seeds:
        for dialect in DIALECTS:
            folder = plan.evaluation(f"{name}-{dialect}" if name in _KINDS else name, seed, dialect)
            if (folder / "report.json").exists():
                shares = matching_shares(by_question(read_evaluation(folder)[1]))
                found |= {(seed, dialect, question): share for (_, question), share in shares.items()}
    return found


def _row(name: str, shares: Shares) -> str:
    by_dialect: dict[str, Shares] = defaultdict(dict)
    for key, share in shares.items():
        by_dialect[key[1]][key] = share
    cells = [percent(_estimate(by_dialect[dialect])) for dialect in DIALECTS]
    return f"| {name} | {' | '.join(cells)} | {percent(_estimate(shares))} | {len({key[0] for key in shares})} |"


def _estimate(shares: Shares, lowest: float = 0.0) -> Estimate:
    """Return the mean over the questions, each with its mean over seeds and dialects: those hang together."""
    by_question: dict[str, list[float]] = defaultdict(list)
    for (_, _, question), share in shares.items():
        by_question[question].append(share)
    return mean_with_interval([sum(each) / len(each) for each in by_question.values()], lowest)


def _claim(first: str, second: str, found: dict[str, Shares]) -> str:
    mine, other = found[first], found[second]
    differences = {key: mine[key] - other[key] for key in mine if key in other}
    better, worse = sum(d > 0 for d in differences.values()), sum(d < 0 for d in differences.values())
    estimate = _estimate(differences, -1.0)
    return f"| {first} | {second} | {len(differences)} | {points(estimate)} | {better} : {worse} |"


def _hours(plan: Plan) -> str:
    log = plan.home / "stages.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return f"{sum(json.loads(line)['seconds'] for line in lines) / 3600:.2f} hours of commands."
