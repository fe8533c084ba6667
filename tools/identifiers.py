"""Names as a dialect writes and keeps them."""

import re

from sqlglot import exp

from .dialects import get_dialect
from .parsing import language

_LOWER = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def identifier(name: str, dialect: str) -> exp.Identifier:
    """Return a quoted identifier as a syntax tree.

    Where names fold to upper case, as in Oracle, a plain name is kept in it
    (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html).
    """
    stored = name.upper() if get_dialect(dialect).folds == "upper" and _LOWER.fullmatch(name) else name
    return exp.Identifier(this=stored, quoted=True)


def quoted(name: str, dialect: str = "postgres") -> str:
    """Return an identifier in the dialect's quotes."""
    return identifier(name, dialect).sql(dialect)


def natural_identifier(name: str, dialect: str) -> exp.Identifier:
    """Return an identifier as a person writes it.

    It is quoted only if the dialect would read it otherwise: if it is no plain name, a reserved word, or has capitals
    where names without quotes are folded.
    """
    plain = (_LOWER if get_dialect(dialect).folds else _PLAIN).fullmatch(name)
    if plain and not _is_reserved(name.lower(), dialect):
        return exp.Identifier(this=name, quoted=False)
    return identifier(name, dialect)


def _is_reserved(name: str, dialect: str) -> bool:
    known = get_dialect(dialect)
    return name in known.reserved or name in language(known.sqlglot).generator_class.RESERVED_KEYWORDS
