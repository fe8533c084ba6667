"""From graded samples to training data: right queries, wrong ones, and pairs of both for preference training.

What may stand on the rejected side is only what is proved wrong: a query that runs and gives other rows than gold, or
one that the engine refuses for what is written in it. These prove nothing and are left out: a query that was stopped
(``timeout``, ``too_large``), that the sandbox or a stand-in engine does not take (``rejected``, ``unsupported``), that
failed with the engine (an error of ``resources``, ``engine_lost`` or ``permission``), whose rows may be chance or
differ from gold's in their order alone, that the reply was cut off in (all three a ``doubt``), and any beside gold that
proves nothing. A reply without a query (``missing``) holds nothing to compare.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from ..tools.dialects import get_dialect
from ..tools.normal_form import normal_form
from .graded import GradedAnswer

DIFFERS = "runs but differs"
_SYNTAX = "error(syntax)"
_NOT_THE_QUERYS_FAULT = frozenset({"resources", "engine_lost", "permission"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A graded sample, and why it may match, differ or fail by chance."""

    answer: GradedAnswer
    doubt: str | None = None

    @property
    def sql(self) -> str:
        """The query; raises ``ValueError`` where the reply holds none."""
        if self.answer.sql is None:
            raise ValueError(f"sample {self.answer.sample} of {self.answer.id} holds no query")
        return self.answer.sql


@dataclass(frozen=True, slots=True)
class Preference:
    """Of two queries for one question the one that matches gold, and one that is proved wrong.

    ``similarity`` is from 0 to 1; see ``similarity``.
    """

    chosen: Sample
    rejected: Sample
    similarity: float


def valid_samples(samples: Iterable[Sample], most: int) -> list[Sample]:
    """Return the samples of one question that match gold and not by chance, each query once, at most ``most``.

    The first in their order stay, so that more samples of the same seed leave the earlier choice as it was.
    """
    return _distinct(s for s in samples if s.answer.outcome == "match" and s.doubt is None)[:most]


def wrong_samples(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples of one question that do not match gold, each query once."""
    return _distinct(s for s in samples if s.answer.outcome != "match" and s.answer.sql is not None)


def is_proved_wrong(sample: Sample) -> bool:
    """Tell whether a sample may be rejected in favour of another; the rules stand at the head of this file."""
    answer = sample.answer
    if answer.outcome == "error" and answer.error_class in _NOT_THE_QUERYS_FAULT:
        return False
    return answer.outcome in ("error", "mismatch") and sample.doubt is None


def question_preferences(samples: Sequence[Sample], most: int) -> list[Preference]:
    """Return at most ``most`` pairs of one question, the most telling first.

    Each wrong query stands beside the right one that is most like it, so that the difference is what matters. Those
    that run come first, those that do not parse last, and among equals the more similar ones.
    """
    right = valid_samples(samples, len(samples))
    pairs = [_nearest(right, wrong) for wrong in wrong_samples(samples) if is_proved_wrong(wrong)] if right else []
    return sorted(pairs, key=lambda pair: (_triviality(pair.rejected), -pair.similarity))[:most]


def balanced(questions: Iterable[Sequence[Preference]], most: int | None = None) -> list[Preference]:
    """Return the pairs of all questions, at most ``most`` of each grade of the rejected query, in the given order.

    By default no kind of error has more pairs than queries that run but differ; where there are none of these, no more
    than the rarest kind of error. Each question gives its first pair before any gives its second.
    """
    listed = [list(pairs) for pairs in questions]
    in_turn = [pair for turn in zip_longest(*listed) for pair in turn if pair is not None]
    counts = Counter(pair.rejected.answer.grade for pair in in_turn)
    cap = most or counts.get(DIFFERS) or min(counts.values(), default=0)
    by_grade: dict[str, list[Preference]] = defaultdict(list)
    for pair in in_turn:
        by_grade[pair.rejected.answer.grade].append(pair)
    limit = {grade: len(pairs) if most is None and grade == DIFFERS else cap for grade, pairs in by_grade.items()}
    kept = {id(pair) for grade, pairs in by_grade.items() for pair in pairs[: limit[grade]]}
    return [pair for pairs in listed for pair in pairs if id(pair) in kept]


def similarity(left: str, right: str, dialect: str) -> float:
    """Return how alike two queries are, from 0 to 1: the share of tokens in common, in order.

    Twice the tokens that match over those of both, by Ratcliff and Obershelp's matching (``difflib``), the letter case
    of keywords and names aside. Where one cannot be tokenised, both are split at their spaces.
    """
    try:
        ours, theirs = _tokens(left, dialect), _tokens(right, dialect)
    except SqlglotError:
        ours, theirs = left.lower().split(), right.lower().split()
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _distinct(samples: Iterable[Sample]) -> list[Sample]:
    found: dict[str, Sample] = {}
    for sample in samples:
        found.setdefault(normal_form(sample.sql, sample.answer.dialect), sample)
    return list(found.values())


def _nearest(right: Sequence[Sample], wrong: Sample) -> Preference:
    dialect = wrong.answer.dialect
    pairs = (Preference(each, wrong, round(similarity(each.sql, wrong.sql, dialect), 4)) for each in right)
    return max(pairs, key=lambda pair: pair.similarity)


def _triviality(sample: Sample) -> int:
    return {DIFFERS: 0, _SYNTAX: 2}.get(sample.answer.grade, 1)


def _tokens(sql: str, dialect: str) -> list[str]:
    found = Dialect.get_or_raise(get_dialect(dialect).sqlglot).tokenize(sql)
    return [f"'{token.text}'" if token.token_type is TokenType.STRING else token.text.lower() for token in found]
