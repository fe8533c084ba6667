"""What a MySQL session refuses before the server sees it."""

import re

from .session import RefusedError

# Read from the text itself, strings and comments included: what a parser takes for a comment, MySQL may execute
# (https://dev.mysql.com/doc/refman/8.4/en/comments.html).
_RULES = (
    ("executable_comment", r"/\*M?!"),
    ("no_files", r"\b(?:load_file|outfile|dumpfile)\b"),
    ("no_locks", r"\b(?:get|release)_(?:all_)?locks?\s*\("),  # which would outlive the statement
    ("system_tables", r"(?<![\w.'\"])`?(?:mysql|performance_schema|oceanbase)`?(?:\s|/\*.*?\*/)*\."),
)
_NOTHING = r"(?:\s|--(?:\s[^\n]*)?(?:\n|\Z)|\#[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*"
_FIRST_WORD = re.compile(rf"{_NOTHING}(\w*)", re.DOTALL)
_QUERIES = {"select", "with", "values", "table", "desc", "describe", "explain"}
# https://dev.mysql.com/doc/refman/8.4/en/sql-statements.html
_OTHER_STATEMENTS = frozenset(
    """
    alter analyze backup begin binlog cache call change check checksum clone commit create deallocate delete do drop
    end execute flush fork get grant handler help import insert install kill load lock merge optimize prepare purge
    release rename repair replace reset resignal restart revoke rollback savepoint set show shutdown signal start
    stop truncate uninstall unlock update use xa
    """.split()
)


class MysqlError(Exception):
    """A server's error, by its number (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def syntax_error(near: str) -> MysqlError:
    """Return MySQL's error 1064 for the text where the statement goes wrong."""
    manual = "check the manual that corresponds to your MySQL server version for the right syntax to use"
    return MysqlError(1064, f"You have an error in your SQL syntax; {manual} near '{near[:80]}'")


def admit_query(sql: str) -> None:
    """Let a query pass; raises ``RefusedError`` for another statement or what reads beyond the database.

    What begins with no statement's word at all is ``MysqlError`` 1064.
    """
    for rule, pattern in _RULES:
        if re.search(pattern, sql, re.IGNORECASE | re.DOTALL):
            raise RefusedError(rule)
    match = _FIRST_WORD.match(sql)
    word = match[1].lower() if match else ""
    if word in _OTHER_STATEMENTS:
        raise RefusedError("read_only")
    if word not in _QUERIES:
        raise syntax_error(sql.lstrip())
