"""Split a SQL script into its statements, as the dialect's own client does."""

import re
from collections.abc import Iterator

# What may hold a semicolon that ends nothing: strings, quoted names and comments. Only MySQL escapes with a backslash.
_OPAQUE = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|/\*.*?\*/|(?P<comment>--[^\n]*)"""
_OPAQUE_MYSQL = r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|/\*.*?\*/|(?P<comment>(?:--|\#)[^\n]*)"""
_DELIMITER = re.compile(r"(?:^|(?<=\n))[ \t]*DELIMITER[ \t]+(\S+)[ \t]*(?:\n|\Z)", re.IGNORECASE)


def statements(script: str, dialect: str) -> Iterator[str]:
    """Yield the statements of a script, without their semicolons and without comments that end with the line.

    In MySQL's scripts ``DELIMITER`` sets what ends a statement, as in its client
    (https://dev.mysql.com/doc/refman/8.4/en/stored-programs-defining.html).
    """
    parts = _DELIMITER.split(script) if dialect == "mysql" else [script]
    opaque = _OPAQUE_MYSQL if dialect == "mysql" else _OPAQUE
    for part, end in zip(parts[::2], [";", *parts[1::2]], strict=True):
        yield from filter(None, map(str.strip, _split(part, end, opaque)))


def _split(text: str, end: str, opaque: str) -> Iterator[str]:
    start, parts = 0, []
    for found in re.finditer(f"{opaque}|(?P<end>{re.escape(end)})", text, re.DOTALL):
        if found.lastgroup:
            parts.append(text[start : found.start()])
            start = found.end()
        if found["end"]:
            yield "".join(parts)
            parts = []
    yield "".join(parts) + text[start:]
