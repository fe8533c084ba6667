"""The difference between two attempts at a query: in lines of text, and in words on its syntax tree."""

from collections.abc import Iterator
from difflib import ndiff

from sqlglot import diff, exp, parse_one
from sqlglot.diff import Insert, Remove, Update
from sqlglot.errors import SqlglotError

from .sql_layout import lay_out

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


def text_diff(old: str, new: str, dialect: str) -> list[tuple[str, str]]:
    """Return the lines of both queries, laid out alike, each with ``+``, ``-`` or a space."""
    lines = ndiff(lay_out(old, dialect).splitlines(), lay_out(new, dialect).splitlines())
    return [(line[0], line[2:]) for line in lines if line[0] in "+- "]


def tree_diff(old: str, new: str, dialect: str) -> list[str]:
    """Return what was added, removed and changed in the syntax tree, each part once, in words.

    The edits are those of sqlglot's Change Distiller (Fluri et al. 2007), a part within a part left out.
    A query that does not parse has no tree: the list is empty.
    """
    try:
        trees = parse_one(old, read=dialect), parse_one(new, read=dialect)
    except SqlglotError:
        return []
    edits = diff(*trees, delta_only=True, dialect=dialect)
    removed = _outermost([e.expression for e in edits if isinstance(e, Remove)])
    changed = [(e.source, e.target) for e in edits if isinstance(e, Update)]
    added = _outermost([e.expression for e in edits if isinstance(e, Insert)])
    return [
        *(f"removed {_in_context(node, dialect)}" for node in removed),
        *(f"changed {a} to {b}" for a, b in _texts(changed, dialect) if a != b),
        *(f"added {_in_context(node, dialect)}" for node in added),
    ]


def _texts(pairs: list[tuple[exp.Expr, exp.Expr]], dialect: str) -> Iterator[tuple[str, str]]:
    return ((_in_context(a, dialect), _in_context(b, dialect)) for a, b in pairs)


def _outermost(nodes: list[exp.Expr]) -> list[exp.Expr]:
    """Return the nodes worth telling that are in no other of them; a frame is, if all that is in it is new too."""
    edited = {id(node) for node in nodes}
    told = [n for n in nodes if not isinstance(n, _FRAMES) or all(id(p) in edited for p in _parts(n))]
    among = {id(node) for node in told}
    return [node for node in told if not any(id(ancestor) in among for ancestor in _ancestors(node))]


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    return (part for part in node.walk() if not isinstance(part, exp.Identifier))  # the diff leaves names out


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node


def _in_context(node: exp.Expr, dialect: str) -> str:
    text = node.sql(dialect)
    if isinstance(node, exp.Literal | exp.Column | exp.Table) and isinstance(node.parent, exp.Condition):
        return f"{text} in {node.parent.sql(dialect)}"
    return text
