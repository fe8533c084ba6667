"""Whether answers speak the dialect: what is particular to it where gold uses it, and what it does not have at all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..tools.dialect_constructs import dialect_constructs, foreign_constructs
from ..tools.proportions import Proportion, proportion
from .graded import GradedAnswer
from .metrics import Accuracy, accuracy


@dataclass(frozen=True, slots=True)
class DialectShare:
    """How answers use the constructs of their dialect, as ``tools.dialect_constructs`` tells them.

    ``references`` is how many questions have a gold query in the dialect. Of the answers to those of them that use a
    construct particular to the dialect, ``particular`` are those that use one too, ``accuracy`` is theirs.
    ``foreign`` are those, of all answers that hold a query, with a construct that the dialect has not;
    ``foreign_constructs`` counts these, the most frequent first.
    """

    references: int
    accuracy: Accuracy
    particular: Proportion
    foreign: Proportion
    foreign_constructs: dict[str, int]


def dialect_share(answers: Iterable[GradedAnswer], references: Mapping[str, str]) -> DialectShare:
    """Count constructs; ``references`` gives, by a question's id, gold in the dialect of the answers."""
    given = list(answers)
    dialects = {answer.id: answer.dialect for answer in given}
    known = {id_: sql for id_, sql in references.items() if id_ in dialects}
    particular = {id_ for id_, sql in known.items() if dialect_constructs(sql, dialects[id_])}
    asked = [answer for answer in given if answer.id in particular]
    using = sum(bool(answer.sql and dialect_constructs(answer.sql, answer.dialect)) for answer in asked)
    foreign = [foreign_constructs(answer.sql, answer.dialect) for answer in given if answer.sql]
    return DialectShare(
        len(known),
        accuracy(asked),
        proportion(using, len(asked)),
        proportion(sum(map(bool, foreign)), len(foreign)),
        dict(Counter(name for found in foreign for name in found).most_common()),
    )
