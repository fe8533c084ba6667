"""Queries inside queries: derived tables and CTEs as entities, scalar and list subqueries as phrases."""

from sqlglot import exp

from .naming import Phrase, listing, plural
from .scope import Entity, Scope, Unsayable
from .selection import Selection, columns_phrase, limit_phrase, take_apart


def entity_of(query: exp.Expr, scope: Scope) -> Entity:
    """Return what one row of a derived table, lateral subquery or CTE is; raises ``Unsayable``."""
    if not isinstance(query, exp.Select):
        raise Unsayable("derived set operation")
    add_ctes(query, scope)
    said = take_apart(query, scope.inner())
    if said.hidden_keys or said.totals:
        raise Unsayable("derived table with hidden groups")
    if said.rows.including and said.grouped() is False:
        raise Unsayable("derived outer join")
    names = [p.alias_or_name for p in query.expressions]
    if said.aggregated():
        columns = {n: _over(c, said) for n, c in zip(names, said.columns, strict=True)}
        return Entity("overall figure", columns, single=True)
    if said.grouped():
        return _groups(said, names)
    return _rows(said, names)


def add_ctes(query: exp.Expr, scope: Scope) -> None:
    """Make the CTEs of ``query`` known in ``scope``, each by its name."""
    with_ = query.args.get("with_")
    if with_ is None:
        return
    if with_.args.get("recursive"):
        raise Unsayable("recursive CTE")
    for cte in with_.expressions:
        scope.ctes[cte.alias] = entity_of(cte.this, scope)


def _over(column: Phrase, said: Selection) -> Phrase:
    """Return an aggregate's phrase with the rows it is taken over."""
    rows = said.rows_phrase()
    if said.rows.including:
        rows = said.scope.rows()
    count = f"number of {said.scope.rows()}"
    if column.text.startswith(count):
        return column.of(f"number of {rows}{column.text.removeprefix(count)}")
    if not said.clauses and said.grouped():
        return column
    return column.of(f"{column.text} of {'' if said.clauses else 'all '}{rows}")


def _groups(said: Selection, names: list[str]) -> Entity:
    keys = {k.text for k in said.keys}
    columns = {}
    for name, column in zip(names, said.columns, strict=True):
        columns[name] = column if column.text in keys else _over(column, said)
    noun = said.group_noun or listing([k.text.removesuffix(" ID") for k in said.keys])
    noun = noun if said.group_noun or len(said.keys) == 1 else f"combination of {noun}"
    narrowing = " and ".join(c for c in (said.having, _limited(said)) if c)
    if said.clauses and narrowing:
        narrowing += f" (considering only {said.rows_phrase()})"
    elif said.clauses and {c.text for c in columns.values()} <= keys:
        narrowing = f"of {said.rows_phrase()}"
    unique = frozenset() if said.group_noun else frozenset(n for n, c in columns.items() if c.text in keys)
    return Entity(noun, columns, narrowing, unique, groups=True)


def _rows(said: Selection, names: list[str]) -> Entity:
    columns = dict(zip(names, said.columns, strict=True))
    clauses = [c for c in (*said.clauses, said.qualify, _limited(said)) if c]
    noun, keys = said.scope.row_noun, frozenset[str]()
    if said.select.args.get("distinct"):
        if said.select.args["distinct"].args.get("on") or len(names) > 1:
            raise Unsayable("derived DISTINCT of several columns")
        rows = said.rows_phrase()
        return Entity(said.columns[0].text, columns, f"of {rows}" if said.clauses else "", frozenset(names))
    entity = next((e for e in said.scope.entities.values() if e.noun == noun), None)
    if entity is not None:
        inner = {p.origin for n, p in entity.columns.items() if n in entity.keys}
        keys = frozenset(n for n, c in columns.items() if c.origin and c.origin in inner)
    return Entity(
        noun, columns, " and ".join(clauses), keys if len(entity.keys if entity else ()) == 1 else frozenset()
    )


def _limited(said: Selection) -> str:
    limit = limit_phrase(said.select)
    return f"that are among {limit.removeprefix('only ')} when {said.order}" if limit else ""


def scalar(query: exp.Expr, scope: Scope) -> Phrase:
    """Return the phrase of a scalar subquery: an aggregate over its rows; raises ``Unsayable`` otherwise."""
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        raise Unsayable("scalar subquery")
    said = take_apart(query, scope.inner())
    _carry_mentions(scope)
    if not said.aggregated():
        raise Unsayable("scalar subquery without an aggregate")
    return _over(said.columns[0], said)


def many(query: exp.Expr, scope: Scope) -> str:
    """Return a subquery that gives a list: ``the tail numbers of planes whose …``."""
    if isinstance(query, exp.SetOperation):
        return combined(query, scope)
    if not isinstance(query, exp.Select):
        raise Unsayable("list subquery")
    add_ctes(query, scope)
    said = take_apart(query, scope.inner())
    _carry_mentions(scope)
    if said.aggregated() or said.totals or said.rows.including:
        raise Unsayable("list of aggregates")
    if said.grouped():
        return _grouped_list(said)
    limit = limit_phrase(query)
    cut = f" ({limit}, {said.order})" if limit else ""
    distinct = query.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        raise Unsayable("DISTINCT ON in a list")
    whole = "" if said.clauses or query.args.get("joins") else "all "
    rows = f"{whole}{said.rows_phrase()}{cut}"
    if len(said.columns) == 1 and said.columns[0].text == said.scope.row_noun:
        return f"the {rows}"
    return f"{columns_phrase(said.columns, many=True)} of {rows}"


def _grouped_list(said: Selection) -> str:
    if said.hidden_keys or [c.text for c in said.columns] != [k.text for k in said.keys]:
        raise Unsayable("list of groups with figures")
    among = f" among {said.rows_phrase()}" if said.clauses else ""
    limit = limit_phrase(said.select)
    cut = f" ({limit}, {said.order})" if limit else ""
    having = f" {said.having}" if said.having else ""
    return f"{columns_phrase(said.columns, many=True)}{among}{having}{cut}"


def combined(query: exp.SetOperation, scope: Scope) -> str:
    """Return a set operation as a list: both, either, or one without the other."""
    left, right = many(query.this.unnest(), scope), many(query.expression.unnest(), scope)
    distinct = query.args.get("distinct") is not False
    if isinstance(query, exp.Intersect):
        return f"{left} that are also among {right}"
    if isinstance(query, exp.Except):
        return f"{left} that are not among {right}"
    return f"{left} together with {right}, {'each listed once' if distinct else 'keeping repeats'}"


def narrowed(query: exp.Expr, scope: Scope) -> tuple[str, str]:
    """Return the rows an EXISTS looks for, singular and plural, with the link to the outer row left out."""
    select = query.unnest().copy()
    if not isinstance(select, exp.Select):
        raise Unsayable("EXISTS of a set operation")
    select.set("expressions", [])
    said = take_apart(select, scope.inner())
    _carry_mentions(scope)
    links = [c for c in said.clauses if c.startswith(("of that ", "of the same "))]
    if not links and not any(c.startswith(("with the same", "whose")) for c in said.clauses):
        raise Unsayable("EXISTS without a link")
    tail = " and ".join(c for c in said.clauses if not c.startswith("of that "))
    return f"{said.scope.row_noun} {tail}".strip(), f"{plural(said.scope.row_noun)} {tail}".strip()


def _carry_mentions(scope: Scope) -> None:
    """A correlated subquery speaks of the outer entities by their row; count them as mentioned."""
    scope.mentioned.update(a for a, e in scope.entities.items() if e.noun == scope.row_noun)
