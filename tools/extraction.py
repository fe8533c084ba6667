"""The query in a model's free reply: what stands around it is cut off, and the query itself is left as it is.

Whether a place lies inside a text, a comment or a quoted name is told by sqlglot's tokenizer: exactly then can what
comes before it not be tokenised.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain, islice

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from .dialects import get_dialect

_THOUGHT = re.compile(r"\s*<(think|thinking|thought|reasoning)>.*?(</\1>|\Z)|.*?</(think|thinking)>", re.DOTALL)
_FENCE = re.compile(r"```(?:[ \t]*[\w+-]*[ \t]*\r?\n|(?:sql|sqlite|mysql|postgres(?:ql)?|duckdb|bigquery|oracle)\b)?")
_LABEL = r"\s*(?:[*_#>\s]*[\w ]{0,30}(?:SQL|query|answer|solution|statement)[\w ]{0,30}[*_]*[ \t]*:[*_]*\s*)?"
_BEFORE = r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*"
_AT_START = re.compile(rf"{_LABEL}`?(?P<query>{_BEFORE}(SELECT|WITH|VALUES|FROM)\b)", re.IGNORECASE | re.DOTALL)
_ON_A_LINE = re.compile(r"(?:^|(?<=[:`>]))[ \t]*(?P<query>[(\s]*(SELECT|WITH|VALUES)\b)", re.IGNORECASE | re.MULTILINE)
_OBJECT = re.compile(r"(?:^|(?<=:))[ \t]*(?=\{)", re.MULTILINE)
_SQL_KEYS = ("sql", "query", "sql_query")
_END = re.compile(r";|```|</s>|<\|[^|<>\s]+\|>|<end_of_turn>|<eos>|\[/?INST\]|\n[ \t]*\r?\n\s*")
_PERHAPS_END = re.compile(r"\s*\n\s*|`|\.(?=\s|\Z)")
_WORD_OF_PROSE = re.compile(r"[*_#>\s-]*([A-Za-z]+)")
_GOES_ON = re.compile(
    r"(?:[,(=<>+*/|&-]|\b(?:SELECT|DISTINCT|FROM|JOIN|WHERE|AND|OR|NOT|ON|BY|HAVING|UNION|ALL|EXCEPT|INTERSECT|MINUS|AS))"
    r"\s*\Z",
    re.IGNORECASE,
)
_MOST_ENDS = 200  # tried, of a reply that looks like a query and is none


def extract_sql(reply: str, dialect: str) -> str | None:
    """Return the query in ``reply`` without the ``;`` after it, None where there is none.

    The first of these that parses: the reply itself, after a label such as ``SQL:`` perhaps; a JSON object's ``sql``;
    fenced code, the last block first; what goes on after a SELECT that the prompt ended with; a query that begins a
    line or follows a colon. If none parses, the first is returned that looks like a query, for the engine to say what
    is wrong with it. Of several statements the first query counts. Raises ``UsageError`` for an unknown dialect.
    """
    name = get_dialect(dialect).sqlglot
    thought = _THOUGHT.match(reply)  # its opening tag may stand in the prompt
    answer = reply[thought.end() :] if thought else reply
    readers = (_at_start, _in_objects, _in_fences, _after_select, _on_lines)
    start, objects, blocks, rest, lines = (list(read(answer, name)) for read in readers)
    parsing = (sql for sql in chain(start, objects, reversed(blocks), rest, lines) if _parsed(sql, name))
    return next(chain(parsing, objects, blocks, start, lines), None)


def _at_start(text: str, dialect: str) -> Iterator[str]:
    match = _AT_START.match(text)
    if match:
        found = _query_at(text, match.start("query"), dialect)
        if _looks_meant(match[2], found, dialect):
            yield found


def _in_objects(text: str, dialect: str) -> Iterator[str]:
    for match in _OBJECT.finditer(text):
        try:
            read, _ = json.JSONDecoder(strict=False).raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        values = [value for key, value in read.items() if key.lower() in _SQL_KEYS and isinstance(value, str)]
        yield from chain.from_iterable(_at_start(value, dialect) for value in values)


def _in_fences(text: str, dialect: str) -> Iterator[str]:
    """Yield the first query of each fenced block; the last block may lack its end."""
    queries = [(start, start + len(sql)) for start, sql in _places(text, dialect) if _parsed(sql, dialect)]
    place = 0
    while opening := _FENCE.search(text, place):
        place = next((end for start, end in queries if start < opening.start() < end), 0)
        if not place:  # no text of a query
            end = _end_of_block(text, opening.end(), dialect)
            block = text[opening.end() : end]
            yield from islice(chain(_at_start(block, dialect), _on_lines(block, dialect)), 1)
            place = end + 3


def _end_of_block(text: str, start: int, dialect: str) -> int:
    ends = [match.start() for match in re.finditer("```", text[start:])]
    outside = (end for end in ends if _tokens(text[start : start + end], dialect) is not None)
    return start + next(outside, ends[0] if ends else len(text) - start)


def _on_lines(text: str, dialect: str) -> Iterator[str]:
    return (sql for _, sql in _places(text, dialect))


def _places(text: str, dialect: str) -> Iterator[tuple[int, str]]:
    """Yield the queries that begin a line or follow a colon, and where; no part of another query."""
    reach = 0
    for match in _ON_A_LINE.finditer(text):
        start = match.start("query")
        before = text[reach:start]
        if start < reach or _GOES_ON.search(before) or before.count("(") > before.count(")"):
            continue
        found = _query_at(text, start, dialect)
        if _looks_meant(match[2], found, dialect):
            yield start, found
            reach = start + len(found)


def _after_select(text: str, dialect: str) -> Iterator[str]:
    rest = f"SELECT {text.strip()}"
    found = rest[: _certain_end(rest, dialect)].strip()
    tree = _parsed(found, dialect)
    if tree is not None and tree.find(exp.From):
        yield found


def _looks_meant(keyword: str, sql: str, dialect: str) -> bool:
    """Tell a query from a sentence that begins with the word ``Select``, ``With`` or ``From``."""
    if keyword.upper() in ("WITH", "FROM"):
        return _parsed(sql, dialect) is not None or re.search(r"\bSELECT\b", sql, re.IGNORECASE) is not None
    return keyword.isupper() or keyword.islower() or _parsed(sql, dialect) is not None


def _query_at(text: str, start: int, dialect: str) -> str:
    """Return the query that begins at ``start``: up to where it must end, or less if only less of it parses."""
    rest = text[start:]
    rest = rest[: _certain_end(rest, dialect)].strip()
    if _parsed(rest, dialect):
        return rest
    is_inline = text[:start].endswith("`")
    ends = [
        match.start()
        for match in _PERHAPS_END.finditer(rest)
        if (is_inline if match[0] == "`" else _is_prose(rest[match.end() :], dialect))
    ]
    shorter = (rest[:end].strip() for end in reversed(ends[:_MOST_ENDS]))
    return next((sql for sql in shorter if _parsed(sql, dialect)), rest)


def _certain_end(text: str, dialect: str) -> int:
    for match in islice(_END.finditer(text), _MOST_ENDS):
        tokens = _tokens(text[: match.start()], dialect)
        if tokens is None or (match[0] == ";" and _is_comment(text[: match.end()], dialect)):
            continue
        if match[0].strip() or _ends_paragraph(tokens, text, match, dialect):
            return match.start()
    return len(text)


def _is_comment(text: str, dialect: str) -> bool:
    tokens = _tokens(text, dialect)
    return not tokens or tokens[-1].token_type is not TokenType.SEMICOLON


def _ends_paragraph(tokens: list[Token], text: str, blank: re.Match[str], dialect: str) -> bool:
    """Tell a blank line after a query from one inside it."""
    kinds = [token.token_type for token in tokens]
    is_whole = kinds.count(TokenType.L_PAREN) == kinds.count(TokenType.R_PAREN)
    return is_whole and not _GOES_ON.search(text[: blank.start()]) and _is_prose(text[blank.end() :], dialect)


def _is_prose(text: str, dialect: str) -> bool:
    """Tell a sentence from a clause: its first word is no keyword, or written as only a sentence's is."""
    word = _WORD_OF_PROSE.match(text)
    if word is None:
        return not text.strip()
    tokens = _tokens(word[1], dialect) or []
    return word[1].istitle() or [token.token_type for token in tokens] == [TokenType.VAR]


def _tokens(text: str, dialect: str) -> list[Token] | None:
    try:
        return Dialect.get_or_raise(dialect).tokenize(text)
    except SqlglotError:
        return None


def _parsed(sql: str, dialect: str) -> exp.Expr | None:
    try:
        statements = sqlglot.parse(sql, read=dialect)
    except (SqlglotError, RecursionError):
        return None
    tree = statements[0] if len(statements) == 1 else None
    return tree if isinstance(tree, exp.Query | exp.Values) else None
