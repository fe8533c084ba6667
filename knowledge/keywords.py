"""The SQL keywords and functions that a corpus teaches, and whether a query uses one."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .corpus import Corpus

# What every dialect shares says nothing about one of them.
COMMON = frozenset(
    """
    SELECT FROM WHERE AND OR NOT NULL IS IN AS ON BY GROUP ORDER HAVING LIMIT OFFSET JOIN INNER LEFT RIGHT OUTER
    UNION ALL DISTINCT CASE WHEN THEN ELSE END LIKE BETWEEN EXISTS ASC DESC COUNT SUM AVG MIN MAX CREATE TABLE
    INSERT INTO VALUES UPDATE SET DELETE WITH
    """.split()
)
# sqlglot writes each of these as another of its group, of the same meaning.
_SPELLINGS = (
    ("::", "CAST"),
    ("STRPOS", "POSITION"),
    ("BTRIM", "TRIM"),
    ("DATE_PART", "EXTRACT"),
    ("IFNULL", "COALESCE"),
    ("SUBSTR", "SUBSTRING"),
    ("FETCH FIRST", "FETCH"),
)
# What sqlglot calls literals of every kind, `$$…$$` and E'…' among them, and quoted names.
_QUOTED = frozenset(
    """
    STRING HEREDOC_STRING RAW_STRING BYTE_STRING NATIONAL_STRING NATIONAL_RAW_STRING UNICODE_STRING HEX_STRING
    BIT_STRING IDENTIFIER
    """.split()
)
_CODE = re.compile(r"```[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_CALL = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]{2,})\s*\(")
_UPPER = re.compile(r"\b[A-Z][A-Z_]{2,}\b")


def corpus_keywords(corpus: "Corpus") -> list[str]:
    """Return the main keyword of each snippet that shows an example, each once, sorted; of all if none shows one."""
    teaching = [snippet for snippet in corpus.snippets if snippet.keywords and snippet.examples]
    return sorted({s.keywords[0] for s in teaching or corpus.snippets if s.keywords})


def derived_keywords(text: str, dialect: str) -> tuple[str, ...]:
    """Return the functions called and the upper-case words in a section's code that not every dialect has."""
    code = "\n".join(block or inline for block, inline in _CODE.findall(text))
    found = [name.upper() for name in _CALL.findall(code)] + _UPPER.findall(code)
    return tuple(dict.fromkeys(name for name in found if name not in COMMON))[:8]


def keyword_in(sql: str, keyword: str, dialect: str) -> bool:
    """Return whether ``sql`` uses ``keyword`` as tokens, not inside a literal or a quoted name.

    False for what cannot be tokenised.
    """
    tokens = _tokens(sql, dialect)
    spellings = next((group for group in _SPELLINGS if keyword.upper() in group), (keyword,))
    return any(_runs_in(_tokens(spelling, dialect), tokens) for spelling in spellings)


def _runs_in(wanted: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    width = len(wanted)
    return width > 0 and any(tokens[i : i + width] == wanted for i in range(len(tokens) - width + 1))


@lru_cache(maxsize=4096)
def _tokens(sql: str, dialect: str) -> tuple[str, ...]:
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(sql)
    except SqlglotError:
        return ()
    words = ("'" if t.token_type.name in _QUOTED else " ".join(t.text.upper().split()) for t in tokens)
    # `!` is an operator in no dialect: it begins one that sqlglot cuts in two, as `!~*`.
    return tuple(" ".join(words).replace("! ", "!").split(" "))
