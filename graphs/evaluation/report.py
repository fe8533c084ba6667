"""What an evaluation comes to: accuracy with its uncertainty, where it is lost, and how it compares with another."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...tools.question_sets import Question, QuestionSet
from ...training.dialect_share import DialectShare, dialect_share
from ...training.graded import GradedAnswer
from ...training.metrics import NO_EVIDENCE, Accuracy, Cell, accuracy, breakdown, by_question
from ...training.paired import PairedTest, paired_test
from ...training.pass_at_k import PassAtK, pass_curve
from .directory import EvalDirectory
from .systems import System

if TYPE_CHECKING:
    from .run import EvalConfig

_EXAMPLES = 3  # wrong answers shown, of each grade


@dataclass(frozen=True, slots=True)
class Against:
    """The comparison with another evaluation; ``test`` is None where no question proves something of both."""

    name: str
    directory: str
    cells: list[Cell]
    test: PairedTest | None
    only_here: int
    only_there: int


@dataclass(frozen=True, slots=True)
class EvalReport:
    """How well a system answers: ``about`` says what was evaluated and on what.

    ``left_out`` counts the questions that prove nothing, by why; ``cells`` the answers by hardness; ``notes`` are what
    a reader must know; ``examples`` some wrong answers of each grade. ``directory`` holds all answers.
    """

    about: dict[str, Any]
    accuracy: Accuracy
    left_out: dict[str, int]
    cells: list[Cell]
    pass_curve: list[PassAtK]
    dialect: DialectShare
    against: Against | None
    notes: list[str]
    examples: list[GradedAnswer]
    directory: str

    @property
    def title(self) -> str:
        """What was evaluated, in a few words."""
        return f"{self.about['system']} on {self.about['set']} in {self.about['dialect']}"


def eval_report(
    config: "EvalConfig",
    questions: QuestionSet,
    chosen: Sequence[Question],
    system: System,
    directory: EvalDirectory,
    against: tuple[dict[str, Any], list[GradedAnswer]] | None,
) -> EvalReport:
    """Count the answers to the ``chosen`` questions, and compare them with those of another evaluation."""
    order = {question.id: place for place, question in enumerate(chosen)}
    answers = sorted(
        (each for each in directory.answers.values() if each.id in order), key=lambda a: (order[a.id], a.sample)
    )
    references = {id_: sql for id_, sql in directory.references.items() if sql}
    about = _about(config, questions, chosen, system, directory)
    curve = pass_curve(answers) if any(each.sample for each in answers) else []
    return EvalReport(
        about=about,
        accuracy=accuracy(answers),
        left_out=_left_out(answers),
        cells=breakdown(answers),
        pass_curve=curve,
        dialect=dialect_share(answers, references),
        against=_against(str(config.against), answers, *against) if against else None,
        notes=[*system.notes, *_notes(questions, about, answers)],
        examples=_examples(answers),
        directory=str(directory.path),
    )


def _about(
    config: "EvalConfig", questions: QuestionSet, chosen: Sequence[Question], system: System, directory: EvalDirectory
) -> dict[str, Any]:
    record = directory.record
    return {
        "set": questions.name,
        "path": str(config.questions),
        "questions": len(chosen),
        "of": len(questions.questions),
        "unusable": len(questions.problems),
        "seed": config.seed if len(chosen) < len(questions.questions) else None,
        "dialect": config.dialect,
        "gold_dialects": sorted({question.dialect for question in chosen}),
        "system": system.name,
        **system.identity,
        "engine": record.get("engine"),
        "stand_in": record.get("stand_in", False),
        "isogloss": __version__,
    }


def _left_out(answers: Iterable[GradedAnswer]) -> dict[str, int]:
    """Count the questions none of whose answers proves something, by the outcome of the first."""
    grouped = by_question(answers).values()
    idle = (those[0].outcome for those in grouped if all(each.outcome in NO_EVIDENCE for each in those))
    return dict(Counter(idle).most_common())


def _notes(questions: QuestionSet, about: dict[str, Any], answers: Sequence[GradedAnswer]) -> list[str]:
    notes = []
    if about["seed"] is not None:
        notes.append(f"{about['questions']} of {about['of']} questions, chosen with seed {about['seed']}.")
    if questions.problems:
        reason, count = Counter(problem.reason for problem in questions.problems).most_common(1)[0]
        notes.append(f"{len(questions.problems)} entries of the set cannot be used, {count} for this: {reason}")
    if about["stand_in"]:
        notes.append(f"The engine is a stand-in for {about['dialect']}: it accepts and refuses nearly what that does.")
    missing = sum(each.outcome == "missing" for each in answers)
    if missing:
        notes.append(f"{missing} answers are missing or hold no query: they count as wrong.")
    counts = {len(those) for those in by_question(a for a in answers if a.outcome != "missing").values()}
    if len(counts) > 1:
        notes.append(f"Questions have from {min(counts)} to {max(counts)} answers.")
    return notes


def _examples(answers: Iterable[GradedAnswer]) -> list[GradedAnswer]:
    """Return a few wrong answers of each grade, the most frequent grade first."""
    wrong = [each for each in answers if each.outcome not in ("match", "missing", *NO_EVIDENCE)]
    grades = [grade for grade, _ in Counter(each.grade for each in wrong).most_common()]
    return [each for grade in grades for each in islice((w for w in wrong if w.grade == grade), _EXAMPLES)]


def _against(
    directory: str, answers: Sequence[GradedAnswer], record: dict[str, Any], others: Sequence[GradedAnswer]
) -> Against:
    """Compare with another evaluation on the questions, told by id and gold, that both have."""
    here, there = ({(each.id, each.gold) for each in those} for those in (answers, others))
    mine, theirs = ([a for a in those if (a.id, a.gold) in here & there] for those in (answers, others))
    try:
        test = paired_test(mine, theirs)
    except ValueError:
        test = None
    config = record["config"]
    name = f"{config.get('system')} in {config.get('dialect')}"
    return Against(name, directory, breakdown(theirs), test, len(here - there), len(there - here))
