"""Oracle SQL to a syntax tree in which every function keeps the name and the arguments it was written with."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.oracle import OracleParser
from sqlglot.tokenizer_core import Token, TokenType

from ...dialects.oracle import ORACLE_RESERVED
from ..session import UnsupportedError
from .kinds import OracleError

# Valid in Oracle 19c (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html), but
# sqlglot need not be able to parse it: a statement with one of these is never called wrong for its syntax.
_BEYOND = re.compile(
    r"\b(MODEL|MATCH_RECOGNIZE|XML\w*|JSON_\w+|FUNCTION|PROCEDURE|SAMPLE|VERSIONS|MULTISET|MEMBER|SUBMULTISET|PARTITION\s*\(|"
    r"SUBPARTITION|CURSOR|TREAT|COLLECT|THE|NESTED|CONTAINERS|SHARDS|ANALYTIC|HIERARCHIES|INMEMORY|ONLY\s*\(|"
    r"ON\s+OVERFLOW|\(\s*ALL\s|\(\s*UNIQUE\s|TRANSLATE\s*\([^()]*\bUSING|AT\s+LOCAL|CROSS\s+JOIN\s+LATERAL|LIKEC|LIKE2|LIKE4|A\s+SET|INFINITE|NAN|EMPTY|DEFAULT|"
    r"VALIDATE_CONVERSION|CONNECT_BY_ROOT|DBMS_\w+|UTL_\w+|SEARCH|CYCLE|INTERVAL|COLLATE)\b",
    re.IGNORECASE,
)
_PARTITIONED_JOIN = re.compile(r"[^(\s]\s+PARTITION\s+BY\b", re.IGNORECASE)
# What LISTAGG is to do with a list of over 4000 bytes; the helper that makes lists is not sure of these.
_OVERFLOW = re.compile(r"\bON\s+OVERFLOW\s+(ERROR|TRUNCATE(\s+'[^']*')?(\s+WITH(OUT)?\s+COUNT)?)\b", re.IGNORECASE)


class _Source(Oracle):
    """Oracle's grammar without sqlglot's own idea of what its functions mean."""

    class Parser(OracleParser):
        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: parse
            for name, parse in OracleParser.FUNCTION_PARSERS.items()
            if name in ("CAST", "EXTRACT", "JSON_VALUE", "TRIM")
        }


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of a statement, without the semicolon at its end; raises ``OracleError`` if one is cut off."""
    try:
        found = _Source().tokenize(_OVERFLOW.sub("", sql))
    except SqlglotError as error:
        code, kind = ("ORA-01756", "quoted string") if sql.count("'") % 2 else ("ORA-01740", "quoted identifier")
        raise OracleError(code, f"{kind} not properly terminated") from error
    while found and found[-1].token_type is TokenType.SEMICOLON:
        found.pop()
    return [_as_name(*three) for three in zip([None, *found], found, [*found[1:], None], strict=False)]


def _as_name(before: Token | None, token: Token, after: Token | None) -> Token:
    """Return a token after AS as a name, whatever keyword it is elsewhere: Oracle reserves few words."""
    is_alias = before and before.text.upper() == "AS" and after and after.text.upper() in (",", "FROM")
    is_word = token.text.isidentifier() and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)
    if is_alias and is_word and token.text.lower() not in ORACLE_RESERVED:
        return Token(TokenType.VAR, token.text, token.line, token.col, token.start, token.end)
    return token


def parse(sql: str, found: list[Token]) -> exp.Query:
    """Return the tree of one query.

    Raises ``OracleError`` for what is no Oracle query, ``UnsupportedError`` for what may be one all the same.
    """
    try:
        [tree] = _Source().parser().parse(found, sql)
    except (ParseError, ValueError) as error:
        if _BEYOND.search(sql) or _PARTITIONED_JOIN.search(sql):
            raise UnsupportedError("the stand-in cannot parse this statement") from error
        raise OracleError("ORA-00933", "SQL command not properly ended") from error
    if not isinstance(tree, exp.Query):
        raise OracleError("ORA-00900", "invalid SQL statement")
    return tree
