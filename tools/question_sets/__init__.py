"""Sets of questions with gold queries, as they are published or as a user writes them; see docs/question-sets.md."""

from collections.abc import Iterable
from pathlib import Path

from ..dialects import get_dialect
from ..errors import UsageError
from .databases import databases_for
from .entries import Entry, read_entries
from .files import question_files
from .question import Problem, Question, QuestionSet
from .wikisql import is_wikisql, wikisql_questions
from .written import is_written, written_question

__all__ = ["Problem", "Question", "QuestionSet", "read_question_set"]


def read_question_set(path: Path, databases: Path | None = None, dialect: str = "sqlite") -> QuestionSet:
    """Read the questions of a file, or of a folder as a public set is distributed; the format is told by the content.

    Formats: Spider, BIRD, KaggleDBQA, Dr.Spider, WikiSQL, the pairs of a run, and JSON lines, JSON lists or CSV with a
    question, a query and a database. Databases are looked for in ``databases``, else beside the questions. Gold is of
    ``dialect`` where an entry does not name its own; that of WikiSQL is of SQLite.

    Raises ``UsageError`` for what is not there, cannot be read or is of none of these formats. An entry that cannot be
    used becomes a ``Problem`` of the set.
    """
    get_dialect(dialect)
    found = [each for file in question_files(path) for each in _read(file, databases, dialect)]
    questions, problems = _without_repeats(found)
    return QuestionSet(path.resolve().name if path.is_dir() else path.stem, questions, problems)


def _read(file: Path, databases: Path | None, dialect: str) -> list[Question | Problem]:
    where = databases_for(file, databases)
    entries = read_entries(file)
    sound = [entry for entry in entries if isinstance(entry, Entry)]
    if any(map(is_wikisql, sound)):
        return wikisql_questions(file, entries)
    if not any(map(is_written, sound)):
        raise UsageError(
            f"{file} is of no known format: give a JSON list, JSON lines or CSV whose entries have a question, "
            "a query (sql, query or SQL) and a database (database or db_id)."
        )
    return [each if isinstance(each, Problem) else written_question(each, where, dialect) for each in entries]


def _without_repeats(found: Iterable[Question | Problem]) -> tuple[tuple[Question, ...], tuple[Problem, ...]]:
    """Part questions from problems; a question whose id another has already is a problem."""
    questions: dict[str, Question] = {}
    problems: list[Problem] = []
    for each in found:
        if isinstance(each, Problem):
            problems.append(each)
        elif each.id in questions:
            problems.append(Problem(each.id, "An earlier question has the same id."))
        else:
            questions[each.id] = each
    return tuple(questions.values()), tuple(problems)
