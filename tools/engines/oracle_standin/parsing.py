"""Oracle SQL to a syntax tree in which every function keeps the name and the arguments it was written with."""

import re

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
# The arguments of the first are no list, so sqlglot is to read them; the second are words of its grammar.
_READ = {"CAST", "EXTRACT", "JSON_VALUE", "TRIM"} | OracleParser.NO_PAREN_FUNCTION_PARSERS.keys()
_TAKEN = (OracleParser.FUNCTIONS.keys() | OracleParser.FUNCTION_PARSERS.keys()) - _READ
# A character for private use: before a function's name, it hides the name from sqlglot, and stands in no real one.
_HIDDEN = "\ue000"


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of a statement, without the semicolon at its end; raises ``OracleError`` if one is cut off."""
    try:
        found = Oracle().tokenize(_OVERFLOW.sub("", sql))
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
        [tree] = Oracle().parser().parse(_with_hidden_calls(found), sql)
    except (ParseError, ValueError) as error:
        if _BEYOND.search(sql) or _PARTITIONED_JOIN.search(sql):
            raise UnsupportedError("the stand-in cannot parse this statement") from error
        raise OracleError("ORA-00933", "SQL command not properly ended") from error
    if not isinstance(tree, exp.Query):
        raise OracleError("ORA-00900", "invalid SQL statement")
    return _shown(tree)


def _with_hidden_calls(found: list[Token]) -> list[Token]:
    """Return the tokens with the names of functions hidden, for sqlglot has an idea of its own what they mean.

    A parser with other ``FUNCTIONS`` would do, but sqlglot's, where compiled, cannot be subclassed.
    """
    return [_hidden(token, after) for token, after in zip(found, [*found[1:], None], strict=False)]


def _hidden(token: Token, after: Token | None) -> Token:
    is_call = after and after.token_type is TokenType.L_PAREN and token.token_type in OracleParser.FUNC_TOKENS
    if not is_call or token.text.upper() not in _TAKEN:
        return token
    return Token(token.token_type, _HIDDEN + token.text, token.line, token.col, token.start, token.end, token.comments)


def _shown(tree: exp.Query) -> exp.Query:
    for node in tree.walk():
        for key, value in node.args.items():
            if isinstance(value, str) and value.startswith(_HIDDEN) and not isinstance(node, exp.Literal):
                node.set(key, value.removeprefix(_HIDDEN))
    return tree
