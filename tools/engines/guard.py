"""The first, friendly line before an engine: one statement, and that a query.

It is no boundary. What sqlglot cannot parse goes on to the engine, which says what is wrong with it; the
boundary is the read-only session in the child process.
"""

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ..dialects import Dialect

_QUERIES = (exp.Query, exp.Values, exp.Pivot, exp.Summarize, exp.Describe)
_FRAGMENTS = (exp.Condition, exp.Alias)  # what is left of a misspelt SELECT: the engine explains it best
_WRITES = (exp.DML, exp.DDL, exp.Into, exp.Command, exp.Drop, exp.Alter)

# A query that cannot be anything else needs no parsing, which would take longer than most queries run.
_QUERY = re.compile(r"\s*(SELECT|WITH|VALUES)\b", re.IGNORECASE)
_PERHAPS_MORE = re.compile(r";|\b(INSERT|UPDATE|DELETE|MERGE|REPLACE|INTO)\b", re.IGNORECASE)


def broken_rule(sql: str, dialect: Dialect) -> str | None:
    """Return the rule a statement breaks (``one_statement`` or ``read_only``), None if it may go on."""
    if _QUERY.match(sql) and not _PERHAPS_MORE.search(sql):
        return None
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect=dialect.sqlglot) if statement]
    except (SqlglotError, RecursionError):
        return None
    if len(statements) != 1:
        return "one_statement"
    statement = statements[0]
    if isinstance(statement, _FRAGMENTS):
        return None
    reads = isinstance(statement, _QUERIES) and not any(_writes(node) for node in statement.walk())
    return None if reads else "read_only"


def _writes(node: exp.Expr) -> bool:
    return isinstance(node, _WRITES) and not isinstance(node, _QUERIES)
