"""What a MySQL session refuses before the server sees it."""

import re

# Read from the text itself, strings and comments included: what a parser takes for a comment, MySQL may execute
# (https://dev.mysql.com/doc/refman/8.4/en/comments.html).
_NOTHING = r"(?:\s|--\s[^\n]*(?:\n|\Z)|\#[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*"
_QUERY = re.compile(rf"{_NOTHING}(?:select|with|values|table|desc|describe|explain)\b", re.IGNORECASE | re.DOTALL)
_RULES = (
    ("executable_comment", re.compile(r"/\*M?!", re.IGNORECASE)),
    ("no_files", re.compile(r"\b(?:load_file|into\s+(?:out|dump)file)\b", re.IGNORECASE)),
    ("system_tables", re.compile(r"(?:\b|`)(?:mysql|performance_schema|oceanbase)`?\s*\.", re.IGNORECASE)),
)


class MysqlError(Exception):
    """A server's error, by its number (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def broken_rule(sql: str) -> str | None:
    """Return the rule that a statement breaks, None if it may go to the server."""
    for rule, pattern in _RULES:
        if pattern.search(sql):
            return rule
    return None if _QUERY.match(sql) else "read_only"
