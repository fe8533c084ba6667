"""Entering a FROM clause: what each item is, how items are joined, and what one row then stands for."""

from dataclasses import dataclass, field, replace

from sqlglot import exp

from .naming import plural
from .scope import Entity, Scope, Unsayable, base_entity, call_by_role, foreign_key, role_of


@dataclass(slots=True)
class Rows:
    """What the rows of a SELECT are: clauses that narrow them, and what outer joins add.

    ``linked`` maps a parent's alias to its children's, ``through`` to the phrase of the key that refers to it;
    ``optional`` aliases are outer joined, under ``conditions`` of their own; ``absent`` ones have no partner.
    """

    clauses: list[str] = field(default_factory=list)
    including: list[str] = field(default_factory=list)
    optional: set[str] = field(default_factory=set)
    linked: dict[str, set[str]] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    conditions: dict[str, str] = field(default_factory=dict)
    through: dict[str, str] = field(default_factory=dict)


def enter(select: exp.Select, scope: Scope) -> Rows:
    """Fill ``scope`` with the entities of ``select``'s FROM and joins; return what its rows are.

    Raises ``Unsayable`` for joins whose meaning has no words here.
    """
    from_ = select.args.get("from_")
    if from_ is None:
        raise Unsayable("no FROM")
    rows = Rows()
    joins = select.args.get("joins") or []
    for item in [from_.this, *(j.this for j in joins)]:
        _add(item, scope, rows)
    for join in joins:
        _join(join, scope, rows)
    _name_twins(scope, rows)
    scope.row_noun = _row_noun(scope, rows)
    for alias in rows.optional:
        if scope.entities[alias].groups and not any(e.base for e in scope.entities.values()):
            raise Unsayable("an outer join of groups with groups")
    for alias in [a for a in scope.entities if _looked_up(a, scope, rows)]:
        if scope.entities[alias].clause:
            raise Unsayable("an outer join with some groups only")
        scope.entities[alias].noun = scope.row_noun  # its figures are said as those of the row
    scope.windows = {w.name: w for w in select.args.get("windows") or []}
    return rows


def _add(item: exp.Expr, scope: Scope, rows: Rows) -> None:
    from .derived import entity_of

    alias = item.alias_or_name
    if item.args.get("pivots") or item.args.get("sample"):
        raise Unsayable("PIVOT or a sample")
    if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
        known = scope.ctes.get(item.name)
        entity = known or base_entity(scope.schema.table(item.name))
        scope.entities[alias] = replace(entity)
    elif isinstance(item, exp.Subquery | exp.Lateral):
        scope.entities[alias] = entity_of(item.this.unnest(), scope)
    else:
        raise Unsayable(f"FROM {item.key}")
    if scope.entities[alias].single:
        rows.single.add(alias)


def _join(join: exp.Join, scope: Scope, rows: Rows) -> None:
    alias = join.this.alias_or_name
    if join.args.get("using") or join.method or join.side in ("RIGHT", "FULL"):
        raise Unsayable("join kind")
    condition = join.args.get("on")
    lateral = isinstance(join.this, exp.Lateral)
    leftovers = [] if condition is None else [p for p in _parts(condition) if not _link(p, scope, rows)]
    leftovers = [p for p in leftovers if not isinstance(p, exp.Boolean)]
    if lateral:
        rows.linked.setdefault(next(iter(scope.entities)), set()).add(alias)
    if join.side == "LEFT":
        from .predicates import clause

        rows.optional.add(alias)
        if leftovers:
            rows.conditions[alias] = " and ".join(clause(part, scope) for part in leftovers)
        return
    if not lateral and alias not in rows.single and not any(alias in {k, *v} for k, v in rows.linked.items()):
        raise Unsayable("join without a key")
    for part in leftovers:
        from .predicates import clause

        rows.clauses.append(clause(part, scope))


def _parts(condition: exp.Expr) -> list[exp.Expr]:
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition.unnest()]


def _link(part: exp.Expr, scope: Scope, rows: Rows) -> bool:
    """Record ``part`` as parent→child if it equates a foreign key, or one shared key of a derived table."""
    if not (isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Column)):
        return False
    sides = [
        (c.table, scope.entities[c.table].columns[c.name], c.name)
        for c in (part.this, part.expression)
        if c.table in scope.entities and c.name in scope.entities[c.table].columns
    ]
    if len(sides) != 2 or sides[0][0] == sides[1][0]:
        return False
    for (child, child_phrase, _), (parent, parent_phrase, name) in (sides, sides[::-1]):
        key = foreign_key(scope.schema, child_phrase, parent_phrase)
        if key is not None and child_phrase.origin is not None:
            if name in scope.entities[parent].keys and parent_phrase.origin is not None:
                call_by_role(scope.entities[parent], role_of(key, child_phrase, scope.schema))
                rows.linked.setdefault(parent, set()).add(child)
                rows.through[parent] = child_phrase.text
            else:
                rows.linked.setdefault(child, set()).add(parent)
            return True
    origins = {phrase.origin for _, phrase, _ in sides}
    if len(origins) == 1 and None not in origins:
        for (one, _, name), (other, _, _) in (sides, sides[::-1]):
            if scope.entities[one].keys == {name}:
                rows.linked.setdefault(one, set()).add(other)
                rows.through[one] = sides[0][1].text
                return True
    return False


def _name_twins(scope: Scope, rows: Rows) -> None:
    """Tell two entities with the same noun apart."""
    by_noun: dict[str, list[Entity]] = {}
    for entity in scope.entities.values():
        by_noun.setdefault(entity.noun, []).append(entity)
    for noun, twins in by_noun.items():
        if len(twins) == 2 and any(not t.base for t in twins) and rows.linked:
            continue
        if len(twins) == 2:
            twins[0].noun, twins[1].noun = f"first {noun}", f"second {noun}"
        elif len(twins) > 2:
            raise Unsayable("three of the same entity")


def _row_noun(scope: Scope, rows: Rows) -> str:
    """Return the noun of one joined row: the side that is nobody's parent, or a combination of several."""
    leaves = [a for a in scope.entities if not rows.linked.get(a) and a not in rows.single]
    leaves = [_looked_up(a, scope, rows) or a for a in leaves]
    if not leaves:
        leaves = [next(iter(scope.entities))]
    nouns = [scope.entities[a].noun for a in leaves]
    return nouns[0] if len(nouns) == 1 else f"combination of {' and '.join(nouns)}"


def _looked_up(alias: str, scope: Scope, rows: Rows) -> str | None:
    """Return the table whose rows outer join ``alias``, a derived table with at most one row for each; else None."""
    if alias not in rows.optional or not scope.entities[alias].groups:
        return None
    parents = [p for p, children in rows.linked.items() if alias in children and scope.entities[p].base]
    return parents[0] if len(parents) == 1 and len(scope.entities[alias].keys) == 1 else None


def _is_mentioned(alias: str, scope: Scope, rows: Rows) -> bool:
    """A table is mentioned by its own columns, or by those of a table it leads to."""
    further = [parent for parent, children in rows.linked.items() if alias in children]
    known = alias in scope.mentioned | rows.optional | rows.absent or scope.entities[alias].noun == scope.row_noun
    return known or any(_is_mentioned(p, scope, rows) for p in further)


def finish(scope: Scope, rows: Rows) -> list[str]:
    """Return the narrowing clauses that follow from derived entities and from joins nobody mentioned."""
    clauses = []
    for alias, entity in scope.entities.items():
        if alias in rows.absent:
            continue
        if entity.clause and entity.noun == scope.row_noun:
            clauses.append(entity.clause)
        elif entity.clause and alias not in rows.single:
            clauses.append(f"that belong to {entity.many()}")
        elif rows.linked.get(alias) and not _is_mentioned(alias, scope, rows) and entity.base:
            clauses.append(f"that have a matching {entity.noun}")
    for alias in rows.optional - {a for a in rows.optional if a not in scope.mentioned and rows.linked.get(a)}:
        parents = [p for p, children in rows.linked.items() if alias in children]
        if scope.entities[alias].noun == scope.row_noun and not scope.entities[alias].base:
            rows.including.append(f"{scope.rows()} that have none")
        elif parents:
            rows.including.append(
                f"{plural(scope.entities[parents[0]].noun)} without any {plural(scope.entities[alias].noun)}"
            )
        else:
            rows.including.append(f"{scope.rows()} without a matching {scope.entities[alias].noun}")
    return clauses
