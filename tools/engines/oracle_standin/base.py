"""What a block selects from: its FROM and WHERE clauses with ROWNUM, hierarchies and (+) worked in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlglot import exp

from .conditions import condition
from .kinds import Kind, Value
from .scope import Field, Relation, Scope
from .sources import sources


@dataclass(frozen=True, slots=True)
class Base:
    """``FROM … WHERE …`` as PostgreSQL's text, what it makes known, and the order it comes in."""

    sql: str
    scope: Scope
    order: list[str] = field(default_factory=list)


def base(node: exp.Select, scope: Scope) -> Base:
    """Return what a block selects from."""
    from .hierarchy import hierarchy
    from .keep import ranked
    from .outer_joins import is_marked, marked_sources
    from .rownum import limited, uses_rownum

    conditions = conjuncts(node.args["where"].this) if node.args.get("where") else []
    found = marked_sources(node, scope, conditions) if is_marked(node) else sources(node, scope)
    conditions = [each for each in conditions if not is_marked(each)]
    inner = replace(scope, relations=found.relations, merged=found.merged)
    start = Base(f"FROM {found.sql}", inner)
    if node.args.get("connect"):
        start = hierarchy(node, start)
    if uses_rownum(node):
        return ranked(node, limited(start, conditions))
    return ranked(node, filtered(start, conditions))


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """Return the conditions that an AND joins."""
    if isinstance(node, exp.And):
        return [*conjuncts(node.this), *conjuncts(node.expression)]
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.And | exp.Paren):
        return conjuncts(node.this)
    return [node]


def filtered(start: Base, conditions: list[exp.Expr]) -> Base:
    """Return a base with only the rows that meet the conditions."""
    if not conditions:
        return start
    said = " AND ".join(condition(each, start.scope.at("where")) for each in conditions)
    return replace(start, sql=f"{start.sql} WHERE {said}")


def own_nodes(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the nodes of a block without those of the queries inside it."""
    return node.walk(prune=lambda each: isinstance(each, exp.Query) and each is not node)


def wrapped(start: Base, extras: dict[str, Value]) -> tuple[str, Scope, dict[str, Value]]:
    """Return a base as one subquery with further columns: its text, its scope, and those columns from outside."""
    name = start.scope.named("b")
    columns: list[str] = []
    relations: list[Relation] = []

    def outside(inner: Value) -> Value:
        columns.append(f"{inner.sql} AS f{len(columns) + 1}")
        return Value(f"{name}.f{len(columns)}", inner.kind)

    for relation in start.scope.relations:
        fields = tuple(Field(each.name, outside(each.value), each.joined) for each in relation.fields)
        relations.append(Relation(relation.name, fields))
    merged = tuple(Field(each.name, outside(each.value)) for each in start.scope.merged)
    pseudo = {key: outside(each) for key, each in start.scope.pseudo.items()}
    added = {key: outside(each) for key, each in extras.items()}
    scope = replace(start.scope, relations=tuple(relations), merged=merged, pseudo=pseudo)
    return f"(SELECT {', '.join(columns)} {start.sql}) {name}", scope, added


def number(sql: str) -> Value:
    """Return a NUMBER."""
    return Value(sql, Kind.NUMBER)
