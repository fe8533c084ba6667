"""What Isogloss knows of a SQL dialect, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..outcome import ErrorClass
from ..schema import ColumnType

# What no dialect takes for a name without quotes: common to the reserved words of SQL:2016 and our engines.
RESERVED = frozenset(
    "all and any as asc between by case check column constraint create cross current_date current_time "
    "current_timestamp default delete desc distinct drop else end except exists false fetch for foreign from full "
    "grant group having in inner insert intersect into is join left like limit natural not null offset on or order "
    "outer primary references right select set table then to true union unique update user using values when where "
    "with".split()
)


ENGINES = "isogloss.tools.engines"  # where the modules of our own engines are


@dataclass(frozen=True, slots=True)
class Dialect:
    """A SQL dialect.

    ``sqlglot`` is the name sqlglot parses it by. ``native_types`` are the column types a loaded
    database declares. ``error_patterns`` are tried in order on ``"code: message"``.

    Its engine: ``database`` and ``session`` name the modules that load a source and, in a child process, execute.
    ``engine`` is what the engine is called, ``packages`` what it needs of PyPI, the engine itself first; ``stand_in``
    says that another system plays it. A database of the dialect itself, attached in place, has one of ``url_schemes``,
    or is a file that has ``magic`` at an offset; a new file to copy to ends in one of ``suffixes``.

    Its ways: ``decimal_digits`` is the engine's widest DECIMAL, or 0 where decimals are stored as floats.
    ``cuts_division``: one integer by another gives an integer. ``ignores_case``: LIKE does. ``date_literals``: a date
    compared with text must be written as one. ``booleans``: a condition is a value of its own type. ``folds``: names
    without quotes are read in that case. ``bare_spans``: ``INTERVAL 3 DAY``, where others write ``'3'``.
    ``ordered_lists``: aggregates that collect take an ORDER BY, and so does ``any_value`` by ``ordered_any``.
    ``replaces_once``: REGEXP_REPLACE changes the first match only. ``reserved`` words are names only in quotes.

    Its texts: ``corpus`` is the folder of its tutorials, ``seeds`` that of seed queries in its own SQL, ``constructs``
    the table of what it has beside what all dialects have; by default Isogloss's own. ``words`` says functions: by
    name in capitals, the words and the kind of the result, as in ``agents/verbalise/lexicon.py``. ``volatile`` are the
    names, in capitals, of functions whose value changes.
    """

    name: str
    title: str
    sqlglot: str
    native_types: Mapping[ColumnType, str]
    error_patterns: tuple[tuple[str, ErrorClass], ...]
    database: str
    session: str
    engine: str = ""
    packages: tuple[str, ...] = ()
    stand_in: bool = False
    url_schemes: tuple[str, ...] = ()
    magic: tuple[int, bytes] | None = None
    suffixes: tuple[str, ...] = ()
    big_integer: str = "BIGINT"
    decimal_digits: int = 38
    cuts_division: bool = False
    ignores_case: bool = False
    date_literals: bool = False
    booleans: bool = True
    folds: Literal["lower", "upper"] | None = None
    bare_spans: bool = False
    ordered_lists: bool = True
    ordered_any: bool = True
    replaces_once: bool = False
    reserved: frozenset[str] = RESERVED
    corpus: Path | None = None
    seeds: Path | None = None
    constructs: Path | None = None
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    volatile: frozenset[str] = frozenset()

    def classify(self, code: str, message: str) -> ErrorClass:
        """Return the error class of an engine's error, by its code (SQLSTATE or exception) and message."""
        text = f"{code}: {message}"
        for pattern, error_class in self.error_patterns:
            if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
                return error_class
        return ErrorClass.OTHER
