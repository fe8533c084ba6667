"""The gate: what Oracle's grammar refuses though a lenient parser would not, by rules that are data.

Each rule is a pattern on the statement's tokens, written with single spaces between them: words in upper case, ``'``,
``0`` and ``"`` for texts, numbers and quoted names.
"""

import csv
import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from sqlglot.tokenizer_core import Token, TokenType

from ..session import UnsupportedError
from .clauses import check_clauses
from .kinds import OracleError

_TEXTS = (TokenType.STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING)


class Rule(NamedTuple):
    """A pattern, what Oracle answers where it is found, and the page that says so."""

    pattern: re.Pattern[str]
    code: str
    message: str
    source: str


@cache
def rules() -> list[Rule]:
    """Return the rules in the order in which they are tried."""
    with files(__package__).joinpath("rules.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Rule(re.compile(row["pattern"]), row["code"], row["message"], row["source"]) for row in rows]


def check(tokens: list[Token]) -> None:
    """Raise ``OracleError`` for a broken rule, ``UnsupportedError`` for a literal the parser would split."""
    for token, following in pairwise(tokens):
        if token.token_type is TokenType.NUMBER and following.start == token.end + 1 and following.text.upper() in "FD":
            raise UnsupportedError("a literal of type BINARY_FLOAT or BINARY_DOUBLE")
    words = [_word(token) for token in tokens]
    text = f" {' '.join(words)} "
    for rule in rules():
        if rule.pattern.search(text):
            raise OracleError(rule.code, rule.message)
    check_clauses(words)


def _word(token: Token) -> str:
    if token.token_type in _TEXTS:
        return "'"
    if token.token_type is TokenType.NUMBER:
        return "0"
    if token.token_type is TokenType.IDENTIFIER:
        return '"'
    return token.text.upper()
