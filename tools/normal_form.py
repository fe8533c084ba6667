"""The form in which two spellings of one query are the same text."""

from sqlglot.errors import SqlglotError

from .dialects import get_dialect
from .parsing import parsed


def normal_form(sql: str, dialect: str) -> str:
    """Return ``sql`` with its spaces, comments and the letter case of its plain names made alike.

    What sqlglot cannot read has only its spaces made alike. Raises ``UsageError`` for an unknown dialect.
    """
    name = get_dialect(dialect).sqlglot
    try:
        return parsed(sql, name).sql(dialect=name, normalize=True, comments=False)
    except (SqlglotError, RecursionError):
        return " ".join(sql.split())
