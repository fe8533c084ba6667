"""The order of a block's clauses, aliases and join conditions, by one walk over the words of a statement.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html
"""

from dataclasses import dataclass, field

from .kinds import OracleError

_CLAUSES = {
    "SELECT": 1, "FROM": 2, "WHERE": 3, "START": 4, "CONNECT": 4, "GROUP": 5, "HAVING": 5, "ORDER": 6, "OFFSET": 7,
    "FETCH": 8,
}  # fmt: skip
_SET_OPERATORS = ("UNION", "INTERSECT", "MINUS", "EXCEPT")
_FOLLOWED = {
    "START": ("WITH",), "CONNECT": ("BY",), "GROUP": ("BY",), "ORDER": ("BY", "SIBLINGS"), "OFFSET": ("0", "("),
    "FETCH": ("FIRST", "NEXT"),
}  # fmt: skip
_NOT_ENDED = ("ORA-00933", "SQL command not properly ended")


@dataclass
class _Level:
    """What has been seen of a block between one pair of parentheses."""

    clause: int = 0
    pending: int = 0  # joins without their condition yet
    words: list[str] = field(default_factory=list)


def check_clauses(words: list[str]) -> None:
    """Raise ``OracleError`` for clauses out of order, AS before a table's alias, a join without its condition."""
    levels = [_Level()]
    for place, word in enumerate(words):
        level, following = levels[-1], words[place + 1] if place + 1 < len(words) else ""
        if word == "(":
            levels.append(_Level())
        elif word == ")":
            _close(levels.pop())
            if not levels:
                raise OracleError(*_NOT_ENDED)
        elif word in _SET_OPERATORS:
            _close(level)
            levels[-1] = _Level()
        elif word in _CLAUSES and _begins(word, following, level):
            _enter(level, word)
        elif level.clause == 2:
            _in_from(level, word, following)
    if len(levels) > 1:
        raise OracleError("ORA-00907", "missing right parenthesis")
    _close(levels[0])


def _begins(word: str, following: str, level: _Level) -> bool:
    """Say whether a word begins a clause, not being a name or part of a function."""
    if word == "SELECT":
        return True
    return level.clause > 0 and following in _FOLLOWED.get(word, (following,))


def _enter(level: _Level, word: str) -> None:
    if _CLAUSES[word] == 2 and level.clause == 0:
        return
    if _CLAUSES[word] < level.clause or (
        word in ("SELECT", "FROM", "WHERE", "ORDER") and _CLAUSES[word] == level.clause
    ):
        raise OracleError(*_NOT_ENDED)
    if level.clause == 2:
        _close(level)
    level.clause = _CLAUSES[word]


def _in_from(level: _Level, word: str, following: str) -> None:
    before = level.words[-1] if level.words else ""
    level.words.append(word)
    if word == "AS" and following != "OF":
        raise OracleError(*_NOT_ENDED)
    if word == "JOIN" and not _needs_no_condition(level.words):
        level.pending += 1
    elif word in ("ON", "USING") and before != "OVERFLOW":
        level.pending -= 1
        if level.pending < 0:
            raise OracleError(*_NOT_ENDED)
    elif word == ",":
        _close(level)


def _needs_no_condition(words: list[str]) -> bool:
    """Say whether the JOIN that ends ``words`` is a CROSS or NATURAL one."""
    before = [word for word in words[-4:-1] if word not in ("LEFT", "RIGHT", "FULL", "INNER", "OUTER")]
    return before[-1:] in (["CROSS"], ["NATURAL"])


def _close(level: _Level) -> None:
    if level.pending > 0:
        raise OracleError("ORA-00905", "missing keyword")
    level.pending = 0
