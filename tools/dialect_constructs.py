"""What in a query belongs to a dialect, and what of it the dialect does not have, told by tokens and a table.

``dialect_constructs.tsv`` names each construct with the dialects that have it. Functions come from the engines' own
catalogues (``benchmarks/function_catalogue.py`` renews them); what every dialect has is left out. Syntax is written by
hand: a pattern on the query's tokens, and an example that runs exactly in those dialects, as a test checks. A dialect
that a package brings has a table of the same columns. In patterns, tokens stand between single spaces: words in upper
case, ``'``, ``0``, ``"``, `````` and ``[]`` for texts, numbers and names in quotes of each kind.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import NamedTuple

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from .dialects import DIALECTS, get_dialect

_OURS = files(__package__).joinpath("dialect_constructs.tsv")
_PREFIXED = re.compile(r"([A-Za-z]{0,2})(['\"`])|(\$)|(\[)")
_PLAIN_WORDS = {TokenType.VAR, TokenType.UNKNOWN}
_NAME = re.compile(r"[A-Z_]\w*")
_BEFORE_A_NAME = {"AS", "::", "WITH", "RECURSIVE", "INTO", "USING"}  # of a type, an alias or a table expression
_ENDS_OPERAND = {"'", '"', "`", "[]", "0", ")", "]"}
_OPERATORS = set("ANY DIV GLOB ILIKE MOD PRIOR QUALIFY REGEXP RLIKE SEPARATOR SIMILAR STRAIGHT_JOIN UNIQUE XOR".split())


class Construct(NamedTuple):
    """A construct, the dialects that have it, and for syntax its pattern and an example."""

    name: str
    dialects: frozenset[str]
    pattern: str
    example: str


def dialect_constructs(sql: str, dialect: str) -> frozenset[str]:
    """Return what in ``sql`` ``dialect`` has and some other dialect has not, such as ``STRING_AGG`` or ``::``.

    Also for what does not parse; empty for what no dialect's tokenizer can read. A function is told by its written
    name alone, not by its arguments, and one that no dialect has is a user's own and no construct. Raises
    ``UsageError`` for an unknown dialect.
    """
    return frozenset(name for name, having in _found(sql, dialect) if dialect in having)


def foreign_constructs(sql: str, dialect: str) -> frozenset[str]:
    """Return what in ``sql`` other dialects have and ``dialect`` has not; the rest as for ``dialect_constructs``."""
    return frozenset(name for name, having in _found(sql, dialect) if dialect not in having)


@cache
def syntax() -> tuple[Construct, ...]:
    """Return the constructs that are no functions."""
    return tuple(construct for kind, construct in _rows() if kind == "syntax")


@cache
def functions() -> dict[str, frozenset[str]]:
    """Return the functions that not all dialects have, each with those that have it."""
    return {construct.name: construct.dialects for kind, construct in _rows() if kind == "function"}


@cache
def _known(dialect: str) -> tuple[tuple[Construct, ...], dict[str, frozenset[str]]]:
    """Return the syntax and the functions, ours with what the table of an installed dialect says of it."""
    table = {(kind, construct.name): construct for kind, construct in _rows()}
    own = get_dialect(dialect).constructs
    for kind, construct in _rows(own) if own else ():
        ours = table.get((kind, construct.name), construct)
        table[kind, construct.name] = ours._replace(dialects=ours.dialects | {dialect})
    called = {construct.name: construct.dialects for (kind, _), construct in table.items() if kind == "function"}
    return tuple(construct for (kind, _), construct in table.items() if kind == "syntax"), called


def _rows(path: Traversable = _OURS) -> Iterator[tuple[str, Construct]]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            dialects = frozenset(row["dialects"].split())
            yield row["kind"], Construct(row["name"], dialects, row["pattern"], row["example"])


def _found(sql: str, dialect: str) -> Iterator[tuple[str, frozenset[str]]]:
    tokens = tokens_of(sql, get_dialect(dialect).name)
    words = [word_of(token, sql) for token in tokens]
    text = f" {' '.join(words)} "
    known, called = _known(dialect)
    yield from ((name, dialects) for name, dialects, pattern, _ in known if re.search(pattern, text))
    plain = [token.token_type in _PLAIN_WORDS for token in tokens]
    yield from ((name, called[name]) for name in _called(words, plain) if name in called)


def tokens_of(sql: str, dialect: str) -> list[Token]:
    """Return the tokens as the dialect reads them, or the first other that can: a text may be another's."""
    for name in (dialect, *DIALECTS):
        try:
            tokens = Dialect.get_or_raise(get_dialect(name).sqlglot).tokenize(sql)
        except SqlglotError:
            continue
        return [token for token in tokens if token.token_type is not TokenType.SEMICOLON]
    return []


def word_of(token: Token, sql: str) -> str:
    """Return a token of ``sql`` as patterns have it: in upper case, or the quotes of a literal or name alone."""
    quoted = _PREFIXED.match(sql, token.start)
    if token.token_type is TokenType.NUMBER:
        return "0"
    if quoted is None or quoted.end() > token.end:
        return " ".join(token.text.upper().split())
    prefix, quote, dollar, bracket = quoted.groups(default="")
    return f"{prefix.upper()}{quote}" + dollar * 2 + ("[]" if bracket else "")


def _called(words: list[str], plain: list[bool]) -> Iterator[str]:
    """Yield the names that are called: followed by ``(`` and no alias, type, table expression or operator."""
    for place, (name, following) in enumerate(pairwise(words)):
        if following == "(" and _NAME.fullmatch(name):
            before = words[place - 1] if place else ""
            if before == ".":
                yield name if words[place - 2] == "SAFE" else f"{words[place - 2]}.{name}"
            elif not (_names_something(before, plain[place - 1]) or _is_table_expression(words, place)):
                yield name


def _names_something(before: str, is_plain: bool) -> bool:
    """Tell by the word before it that a name is an alias, a type or an operator: it follows ``AS`` or an operand."""
    is_name = is_plain and before not in _OPERATORS and _NAME.match(before) is not None
    return is_name or before in _BEFORE_A_NAME or before in _ENDS_OPERAND


def _is_table_expression(words: list[str], place: int) -> bool:
    """Tell ``name (column, …) AS (`` of a WITH clause from a call."""
    if words[place - 1] != "," or ")" not in words[place:]:
        return False
    end = words.index(")", place)
    return re.match(r" AS (\(|MATERIALIZED|NOT)", f" {' '.join(words[end + 1 : end + 3])}") is not None
