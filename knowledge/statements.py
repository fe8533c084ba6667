"""Statements in a block of code, told from the prompts before them and the results printed after them."""

import re
from collections.abc import Iterator
from itertools import groupby

_PROMPT = re.compile(r"^(?:\w*[=\-(*]*[#>]|mysql>|MariaDB \[[^\]]*\]>|SQL>|sqlite>|\s+->|\s+\.{3}>?)(?:\s+|$)")
_VERBS = """
    SELECT WITH VALUES FROM TABLE PIVOT UNPIVOT CREATE INSERT UPDATE DELETE DROP ALTER SET BEGIN COMMIT ROLLBACK EXPLAIN
    SHOW DESCRIBE DESC SUMMARIZE COPY CALL PREPARE EXECUTE DEALLOCATE DECLARE GRANT REVOKE TRUNCATE MERGE REPLACE USE
    ATTACH DETACH PRAGMA ANALYZE VACUUM LOAD INSTALL EXPORT IMPORT DO LOCK UNLOCK START SAVEPOINT RELEASE FETCH CLOSE
    COMMENT RESET REFRESH REINDEX LISTEN NOTIFY HANDLER RENAME OPTIMIZE ASSERT GRAPH
""".split()
_BEGINS = re.compile(rf"^[(\s]*(?:(?:{'|'.join(_VERBS)})\b|--(?!-)|/\*(?![-+*]))", re.IGNORECASE)
_ENDS = re.compile(r"(?:;|\\G)\s*(?:--.*|/\*.*\*/)?\s*$")
# What psql says of a statement that returns no rows.
_TAG = re.compile(r"^(?:(?:INSERT|UPDATE|DELETE|SELECT|COPY|MERGE|FETCH)(?: \d+)+|SET|BEGIN|COMMIT|CREATE [A-Z]+)$")
_RESULT = re.compile(r"^\s*(?:\+-|\||-+\+-|-{3,}\s*$|=+\s*$|/\*[-+*]|[┌╭┏])")
_QUERY = re.compile(
    r"^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*[(\s]*(SELECT|WITH|VALUES|FROM|TABLE|PIVOT|UNPIVOT)\b",
    re.IGNORECASE | re.DOTALL,
)


def queries_of(code: str) -> Iterator[str]:
    """Yield the queries in a block of code, each without its semicolon."""
    for is_sql, text in pieces(code):
        query = _ENDS.sub("", text).rstrip("; \n")
        if is_sql and _QUERY.match(query):
            yield query


def parts(code: str) -> Iterator[tuple[bool, str]]:
    """Yield each query, and what stands between queries cut where statements and results meet; whether it is SQL."""
    for (is_sql, is_query), group in groupby(pieces(code), key=lambda piece: (piece[0], _is_query(piece))):
        texts = [text for _, text in group]
        yield from ((is_sql, text) for text in (texts if is_query else ["\n".join(texts)]))


def _is_query(piece: tuple[bool, str]) -> bool:
    is_sql, text = piece
    return is_sql and _QUERY.match(text) is not None


def pieces(code: str) -> Iterator[tuple[bool, str]]:
    """Yield each statement and each line that belongs to none, and whether it is a statement; no prompts."""
    held: list[str] = []
    for line in code.splitlines():
        line = _PROMPT.sub("", line)
        if held and _RESULT.match(line) and "\n".join(held).count("'") % 2 == 0:  # nothing ended the statement
            yield True, "\n".join(held)
            held = []
        if not held and (not _BEGINS.match(line) or _TAG.match(line)):
            if line.strip():
                yield False, line
            continue
        held.append(line.rstrip())
        if _ENDS.search(line) and "\n".join(held).count("$$") % 2 == 0:
            yield True, "\n".join(held)
            held = []
    if held:
        yield True, "\n".join(held).rstrip()
