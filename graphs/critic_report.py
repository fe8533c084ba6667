"""What a measurement of a critic comes to: a judgement per sample, scores, and the file that keeps them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..agents.budget import Usage
from ..tools.errors import UsageError
from ..tools.proportions import Proportion, Scores, proportion, scores
from .cleaning import Cleaner
from .critic_set import Sample, mutations_in
from .run_files import write_record


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one sample: the check it fails, if any, and the critic's verdict.

    ``agree`` is None if the reply held no verdict; ``problem`` then says what was wrong with the reply. A reply
    ``from_cache`` took no tokens.
    """

    sample: Sample
    check: str | None
    agree: bool | None
    problem: str
    reason: str
    seconds: float
    usage: Usage
    from_cache: bool

    @property
    def wrong(self) -> bool:
        """Whether the query was changed."""
        return self.sample.mutation is not None

    @property
    def turned_down(self) -> bool | None:
        """Whether the critic disagreed; None without a verdict."""
        return None if self.agree is None else not self.agree

    @property
    def kept_out(self) -> bool:
        """Whether a build would not keep the pair: a check fails, or the critic does not agree."""
        return self.check is not None or self.agree is not True


@dataclass(frozen=True, slots=True)
class MutationScore:
    """How many of the pairs changed in one way were caught."""

    mutation: str
    checks: Proportion
    critic: Proportion
    both: Proportion


@dataclass(frozen=True, slots=True)
class BenchReport:
    """How well a critic judged: ``checks`` are the deterministic ones, ``both`` is what a build makes of the two.

    ``about`` says what was measured. ``judged_before``: the pairs were kept by this very critic, so that it cannot
    but agree with the right ones. ``stopped`` says why samples were left unjudged, if some were. ``seconds`` are those
    that asking took by the clock, many at a time; ``from_cache`` is how many replies were kept from before.
    """

    about: dict[str, Any]
    right: int
    wrong: int
    no_verdict: int
    checks: Scores
    critic: Scores
    both: Scores
    mutations: list[MutationScore]
    judged_before: bool
    stopped: str | None
    seconds: float
    usage: Usage
    from_cache: int
    file: str


def bench_report(
    about: dict[str, Any],
    judged: Sequence[Judgement],
    judged_before: bool,
    stopped: str | None,
    seconds: float,
    file: Path,
) -> BenchReport:
    """Score the judgements, which took ``seconds`` together."""
    wrong = sum(j.wrong for j in judged)
    return BenchReport(
        about,
        right=len(judged) - wrong,
        wrong=wrong,
        no_verdict=sum(j.agree is None for j in judged),
        checks=scores((j.wrong, j.check is not None) for j in judged),
        critic=scores((j.wrong, j.turned_down) for j in judged),
        both=scores((j.wrong, j.kept_out) for j in judged),
        mutations=[_mutation_score(kind, judged) for kind in mutations_in(j.sample for j in judged)],
        judged_before=judged_before,
        stopped=stopped,
        seconds=seconds,
        usage=sum((j.usage for j in judged), Usage()),
        from_cache=sum(j.from_cache for j in judged),
        file=str(file),
    )


def _mutation_score(mutation: str, judged: Iterable[Judgement]) -> MutationScore:
    those = [j for j in judged if j.sample.mutation == mutation]
    return MutationScore(
        mutation,
        proportion(sum(j.check is not None for j in those), len(those)),
        proportion(sum(j.turned_down is True for j in those), len(those)),
        proportion(sum(j.kept_out for j in those), len(those)),
    )


def write_report(report: BenchReport, judged: Sequence[Judgement]) -> None:
    """Write the report with every judgement to its file; raises ``UsageError`` if that cannot be written."""
    record: dict[str, Any] = Cleaner().value({**asdict(report), "judgements": [asdict(j) for j in judged]})
    try:
        write_record(Path(report.file), record)
    except OSError as error:
        raise UsageError(f"Cannot write {report.file}: {error.strerror}.") from error
