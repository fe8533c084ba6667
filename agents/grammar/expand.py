"""Expanding a template with a construct mined from the retrieved snippets."""

import random
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...tools.parsing import parse
from ...tools.render import render
from ...tools.schema import Column, ColumnType, ForeignKey, Schema, Table
from ..constructs.clauses import work_in
from ..constructs.mine import Construct, mine
from ..constructs.transplant import base_aliases, transplant
from ..verbalise.queries import question
from ..verbalise.scope import Unsayable
from .slots import read_slots

_TYPES = {
    "number": ColumnType.FLOAT,
    "text": ColumnType.TEXT,
    "date": ColumnType.DATE,
    "flag": ColumnType.BOOLEAN,
    "key": ColumnType.INTEGER,
}
_NOUNS = ("flight", "airport", "plane", "carrier", "runway", "gate")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A template, the keywords it was given, and the snippet that taught them (both empty if unchanged)."""

    template: str
    keywords: tuple[str, ...] = ()
    snippet: str = ""


def expand(template: str, snippets: dict[str, str], dialect: str, kinds: set[str], rng: random.Random) -> Expansion:
    """Work the first construct of ``snippets`` (id → text, best first) that fits into ``template``.

    Fits means: it can be worked in, needs only the ``kinds`` of columns there are, parses in the dialect, and
    can be said as a question. If none does, the template comes back as it was.
    """
    tree = parse(template, dialect)
    for snippet, text in snippets.items():
        constructs = [c for c in mine(text, dialect) if _needed(c) <= kinds]
        rng.shuffle(constructs)
        for construct in constructs:
            expanded = _worked_in(construct, tree, dialect, rng)
            if expanded is not None:
                return Expansion(expanded, (construct.keyword,), snippet)
    return Expansion(template)


def _needed(construct: Construct) -> set[str]:
    """Return the kinds of columns a construct needs; a clause takes what the template has."""
    if construct.kind == "clause":
        return set()
    return {column.name.split("_")[0] for column in construct.node.find_all(exp.Column)}


def _worked_in(construct: Construct, tree: exp.Expr, dialect: str, rng: random.Random) -> str | None:
    if construct.kind == "clause":
        done = work_in(construct.keyword, tree, rng) if isinstance(tree, exp.Select) else None
        return _as_template(done, dialect)
    for place in range(len(_hosts(tree, construct))):
        whole = tree.copy()
        if transplant(construct, _hosts(whole, construct)[place], rng) is not None:
            expanded = _as_template(whole, dialect)
            if expanded is not None:
                return expanded
    return None


def _hosts(tree: exp.Expr, construct: Construct) -> list[exp.Select]:
    """Return the SELECTs that a construct may be worked into: conditions go into operands and CTEs as well."""
    outermost = [tree] if isinstance(tree, exp.Select) else []
    if construct.kind != "predicate":
        return outermost
    inner = [s for s in tree.find_all(exp.Select) if isinstance(s.parent, exp.CTE | exp.SetOperation)]
    return [s for s in outermost if base_aliases(s)] or inner


def _as_template(tree: exp.Expr | None, dialect: str) -> str | None:
    if tree is None:
        return None
    sql = render(tree, dialect, copy=False)
    return sql if _is_sayable(sql, dialect) else None


def _is_sayable(sql: str, dialect: str) -> bool:
    """Say the template on a schema made of its own slots: what has no words here has none on any schema."""
    try:
        tree = parse(sql, dialect)
        schema = _own_schema(tree)
        for holder in list(tree.find_all(exp.Placeholder)):
            holder.replace(exp.Literal.number(7) if holder.name.startswith("value") else exp.Literal.string("A%"))
        question(tree, schema, dialect, random.Random(0))
    except (Unsayable, SqlglotError, KeyError):
        return False
    return True


def _own_schema(tree: exp.Expr) -> Schema:
    slots = read_slots(tree)
    keys: dict[str, list[ForeignKey]] = {}
    primary: dict[str, str] = {}
    for child, parent in sorted(slots.links | slots.listed):
        if child[0] != parent[0]:
            keys.setdefault(child[0], []).append(ForeignKey((child[1],), parent[0], (parent[1],)))
            primary.setdefault(parent[0], parent[1])
    tables = []
    for noun, (name, columns) in zip(_NOUNS, slots.columns.items(), strict=False):
        typed = tuple(Column(c, _TYPES[c.split("_")[0]], comment=f"{noun} {c.replace('_', ' ')}") for c in columns)
        own_key = (primary[name],) if name in primary else ()
        tables.append(Table(name, typed, own_key, tuple(keys.get(name, ())), comment=noun))
    return Schema("slots", tuple(tables))
