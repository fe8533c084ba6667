"""The difference between two queries: in lines of text, and in words on their syntax trees."""

from difflib import SequenceMatcher

from sqlglot import exp

from .sql_edits import Edits, Pair, clause, edits
from .sql_layout import lay_out, parsed

_LARGEST = 1500  # nodes of both trees; the time to compare them grows with the square


def text_diff(old: str, new: str, dialect: str) -> list[tuple[str, str]]:
    """Return the lines of both queries, laid out alike, each with ``+``, ``-`` or a space."""
    a, b = lay_out(old, dialect).splitlines(), lay_out(new, dialect).splitlines()
    told: list[tuple[str, str]] = []
    for what, start, end, new_start, new_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            told += [(" ", line) for line in a[start:end]]
        else:
            told += [*(("-", line) for line in a[start:end]), *(("+", line) for line in b[new_start:new_end])]
    return told


def tree_diff(old: str, new: str, dialect: str) -> list[str]:
    """Return what was removed, moved, changed and added in the syntax tree, each part once, in words.

    A query that does not parse has no tree, and very large ones are not compared: the list is empty.
    """
    before, after = parsed(old, dialect), parsed(new, dialect)
    if before is None or after is None or sum(1 for tree in (before, after) for _ in tree.walk()) > _LARGEST:
        return []
    return _in_words(edits(before, after, dialect), dialect)


def _in_words(told: Edits, dialect: str) -> list[str]:
    changed = [(_kind(a) or _in_context(a, dialect), _kind(b) or _in_context(b, dialect)) for a, b in told.changed]
    return [
        *(f"removed {_in_context(node, dialect)}" for node in told.removed),
        *(f"moved {pair[0].sql(dialect)} {_way(pair)}" for pair in told.moved),
        *(f"changed {a} to {b}" for a, b in changed if a != b),
        *(f"added {_in_context(node, dialect)}" for node in told.added),
    ]


def _way(moved: Pair) -> str:
    start, end = map(clause, moved)
    return f"within {end}" if start == end else f"from {start} to {end}"


def _kind(node: exp.Expr) -> str | None:
    """Return ``UNION ALL`` and the like for a set operation, whose parts are told by themselves."""
    if not isinstance(node, exp.SetOperation):
        return None
    return node.key.upper() + ("" if node.args.get("distinct") else " ALL")


def _in_context(node: exp.Expr, dialect: str) -> str:
    text = node.sql(dialect)
    if isinstance(node, exp.Literal | exp.Column | exp.Table) and isinstance(node.parent, exp.Condition):
        return f"{text} in {node.parent.sql(dialect)}"
    return text
