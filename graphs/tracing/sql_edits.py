"""What became of the parts of a query: the edits of sqlglot's Change Distiller (Fluri et al. 2007), each told once.

The algorithm tells of every node; what a reader wants to know is the largest part that came or went, the smallest that
changed, and what went from one clause to another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import diff, exp
from sqlglot.diff import Insert, Keep, Move, Remove, Update

Pair = tuple[exp.Expr, exp.Expr]

_FRAMES = (
    exp.Query,
    exp.Connector,
    exp.CTE,
    exp.With,
    exp.Where,
    exp.Having,
    exp.From,
    exp.Group,
    exp.Order,
    exp.Alias,
)
_VALUES = (exp.Literal, exp.Boolean, exp.Null)
_CLAUSES: dict[type[exp.Expr], str] = {
    exp.With: "WITH",
    exp.From: "FROM",
    exp.Join: "JOIN",
    exp.Where: "WHERE",
    exp.Group: "GROUP BY",
    exp.Having: "HAVING",
    exp.Qualify: "QUALIFY",
    exp.Window: "OVER",
    exp.Order: "ORDER BY",
    exp.Limit: "LIMIT",
    exp.Select: "SELECT",
}


@dataclass(frozen=True, slots=True)
class Edits:
    """The parts removed from a query and added to it; of those moved and changed, what they were and are."""

    removed: list[exp.Expr]
    added: list[exp.Expr]
    moved: list[Pair]
    changed: list[Pair]


def edits(old: exp.Expr, new: exp.Expr, dialect: str) -> Edits:
    """Return what turns the query ``old`` into ``new``."""
    found = diff(old, new, dialect=dialect)
    told = Edits(
        _outermost([edit.expression for edit in found if isinstance(edit, Remove)]),
        _outermost([edit.expression for edit in found if isinstance(edit, Insert)]),
        [],
        [(edit.source, edit.target) for edit in found if isinstance(edit, Update)],
    )
    reordered = _reordered(found)
    for edit in found:  # outer parts come before inner ones
        if isinstance(edit, Keep) and edit.source == edit.target:
            _tell_of_kept(edit.source, edit.target, told, id(edit.source) in reordered)
    told.changed[:] = _innermost(told)
    return told


def _tell_of_kept(a: exp.Expr, b: exp.Expr, told: Edits, reordered: bool) -> None:
    """Add what became of a part that is in both queries, if it stands elsewhere and is inside of nothing that moved."""
    if _within(a, [source for source, _ in told.moved]):
        return
    left, entered = _within(a, told.removed), _within(b, told.added)
    if clause(a) == clause(b):
        if reordered and not (left or entered):
            told.moved.append((a, b))
    elif left or entered or isinstance(a, _VALUES):  # inside of what is told already, or the same value by chance
        told.removed.extend([] if left else [a])
        told.added.extend([] if entered else [b])
    else:
        told.moved.append((a, b))


def _reordered(found: Sequence[Insert | Remove | Move | Keep | Update]) -> set[int]:
    """Return the ids of the parts that changed places with others under what held them before."""
    unmatched = {id(edit.expression) for edit in found if isinstance(edit, Remove | Insert)}
    moves = [(edit.source, edit.target) for edit in found if isinstance(edit, Move)]
    return {
        id(a) for a, b in moves if type(a.parent) is type(b.parent) and not {id(a.parent), id(b.parent)} & unmatched
    }


def clause(node: exp.Expr) -> str:
    """Return the clause that ``node`` stands in, and the subquery if it is in one; only that if it is a clause."""
    above = list(_ancestors(node))
    name = next((_CLAUSES[type(each)] for each in above if type(each) in _CLAUSES), "")
    inner = next((each.alias or "a subquery" for each in above if isinstance(each, exp.CTE | exp.Subquery)), "")
    if type(node) in _CLAUSES:
        return inner or "the query"
    return f"{name} of {inner}" if inner else name


def _outermost(nodes: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Return the nodes worth telling that are in no other of them; a frame is, if all that is in it is new too."""
    edited = {id(node) for node in nodes}
    told = [n for n in nodes if not isinstance(n, _FRAMES) or all(id(p) in edited for p in _parts(n))]
    return [node for node in told if not _within(node.parent, told)]


def _innermost(told: Edits) -> list[Pair]:
    """Return the changes that are not only those of a part within, told by itself; a new name is one of its own."""
    nodes = [*told.removed, *told.added, *(node for pair in (*told.moved, *told.changed) for node in pair)]
    inside = {id(above) for node in nodes for above in _ancestors(node)}
    return [(a, b) for a, b in told.changed if not {id(a), id(b)} & inside or a.alias != b.alias]


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    return (part for part in node.walk() if not isinstance(part, exp.Identifier))  # the diff leaves names out


def _within(node: exp.Expr | None, among: Iterable[exp.Expr]) -> bool:
    """Say whether ``node`` is one of some nodes or inside one."""
    if node is None:
        return False
    ids = {id(each) for each in among}
    return any(id(each) in ids for each in (node, *_ancestors(node)))


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node
