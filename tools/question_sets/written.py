"""Questions whose gold query is written out: Spider, BIRD, KaggleDBQA, Dr.Spider, a run's pairs, JSON lines, CSV."""

from ..dialects import get_dialect
from ..errors import UsageError
from ..sources import BUNDLED
from .databases import Databases, database_name
from .entries import Entry
from .question import Problem, Question

# Spider calls its query `query` and has its parse under `sql`; BIRD writes `SQL`.
_SQL_KEYS = ("query", "SQL", "sql")
_DATABASE_KEYS = ("database", "db_id")


def is_written(entry: Entry) -> bool:
    """Tell whether an entry has the fields of a question with a gold query."""
    return all(entry.fields.keys() & set(keys) for keys in (("question",), _SQL_KEYS, _DATABASE_KEYS))


def written_question(entry: Entry, databases: Databases, dialect: str) -> Question | Problem:
    """Return the question of an entry, whose gold is of its own dialect if it names one, else of ``dialect``."""
    question, sql, database = entry.text("question"), entry.text(*_SQL_KEYS), entry.text(*_DATABASE_KEYS)
    if not (question and sql and database):
        return Problem(entry.id, f"The entry has no {_missing(question, sql)}.")
    source = databases.source_of(database) or _bundled(entry)
    if source is None:
        return Problem(entry.id, f"There is no database '{database_name(database)}'.")
    own = entry.text("dialect") or dialect
    try:
        get_dialect(own)
    except UsageError as error:
        return Problem(entry.id, f"The entry is of an {error}.")
    return Question(entry.id, question, sql, database_name(database), source, own, entry.text("evidence"))


def _bundled(entry: Entry) -> str | None:
    """Return the bundled database that an entry names; a ``db_id`` is of a published set, which may be another shop."""
    named = entry.text("database")
    return named if named in BUNDLED else None


def _missing(question: str | None, sql: str | None) -> str:
    if not question:
        return "question"
    return "database" if sql else "SQL"
