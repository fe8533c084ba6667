r"""Regular expressions: PostgreSQL 15 has Oracle's functions, with another default for what ``.`` matches.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Oracle-Regular-Expression-Support.html
"""

import re

from ..session import UnsupportedError
from .conversion import to_kind
from .kinds import Kind, OracleError, Value

FUNCTIONS = ("REGEXP_COUNT", "REGEXP_INSTR", "REGEXP_REPLACE", "REGEXP_SUBSTR")
# Each further parameter's kind, and its default.
_FURTHER = {
    "REGEXP_COUNT": (("int", "1"), ("flags", "")),
    "REGEXP_INSTR": (("int", "1"), ("int", "1"), ("int", "0"), ("flags", ""), ("int", "0")),
    "REGEXP_REPLACE": (("text", "''"), ("int", "1"), ("int", "0"), ("flags", "")),
    "REGEXP_SUBSTR": (("int", "1"), ("int", "1"), ("flags", ""), ("int", "0")),
}
_SURE = re.compile(r"(?:[^\\(]|\\[dDwWsS.*+?()\[\]{}|^$/\\-]|\\[1-9]|\((?!\?)|\[\[:\w+:\]\])*")


def call(name: str, arguments: list[Value]) -> Value:
    """Return a call of one of ``FUNCTIONS``; raises ``UnsupportedError`` if the pattern may mean something else."""
    text, pattern, *rest = arguments
    further = _FURTHER[name]
    if len(rest) > len(further):
        raise OracleError("ORA-00939", "too many arguments for function")
    said = [_further(kind, default, rest[n : n + 1]) for n, (kind, default) in enumerate(further)]
    joined = f"{to_kind(text, Kind.TEXT)}, {_pattern(pattern)}, {', '.join(said)}"
    if name in ("REGEXP_COUNT", "REGEXP_INSTR"):
        return Value(f"{name.lower()}({joined})", Kind.NUMBER)
    return Value(f"nullif({name.lower()}({joined}), '')", Kind.TEXT)


def like(arguments: list[Value]) -> str:
    """Return the condition REGEXP_LIKE."""
    if not 2 <= len(arguments) <= 3:
        raise OracleError("ORA-00909", "invalid number of arguments")
    text, pattern, *flags = arguments
    return f"regexp_like({to_kind(text, Kind.TEXT)}, {_pattern(pattern)}, {_further('flags', '', flags)})"


def _pattern(pattern: Value) -> str:
    if pattern.literal is None or not _SURE.fullmatch(pattern.literal):
        raise UnsupportedError("a regular expression that PostgreSQL may read otherwise")
    return pattern.sql


def _further(kind: str, default: str, given: list[Value]) -> str:
    if kind == "flags":
        return f"'{_flags(given)}'"
    if not given:
        return default
    if kind == "int":
        return f"({to_kind(given[0], Kind.NUMBER)})::int"
    if given[0].literal and re.search(r"\\[^1-9\\]|&", given[0].literal):
        raise UnsupportedError("a replacement with escapes")
    return f"coalesce({to_kind(given[0], Kind.TEXT)}, '')"


def _flags(given: list[Value]) -> str:
    """Return PostgreSQL's flags; ``p`` keeps ``.`` within a line, as is Oracle's default."""
    said = given[0].literal or "" if given else ""
    if given and given[0].literal is None and not given[0].constant:
        raise UnsupportedError("a match parameter that is not written out")
    if not set(said) <= set("icnmx"):
        raise OracleError("ORA-01760", "illegal argument for function")
    case = "i" if said.rfind("i") > said.rfind("c") else ""
    lines = {(False, False): "p", (True, False): "s", (False, True): "n", (True, True): "w"}["n" in said, "m" in said]
    return case + lines + ("x" if "x" in said else "")
