"""Working a mined clause into a template: DISTINCT ON, QUALIFY, WITH TIES, ROLLUP, LATERAL and the like."""

import random
from collections.abc import Callable

from sqlglot import exp

from .transplant import base_aliases, is_rows, next_number

Rewrite = Callable[[exp.Select, random.Random], exp.Select | None]


def work_in(keyword: str, template: exp.Select, rng: random.Random) -> exp.Select | None:
    """Return ``template`` rewritten with the clause that ``keyword`` names, or None where it does not fit."""
    return _REWRITES[keyword](template.copy(), rng)


def _columns(tree: exp.Select, *kinds: str) -> list[exp.Column]:
    own = set(base_aliases(tree))
    chosen = [p.unalias() for p in tree.expressions]
    return [c for c in chosen if isinstance(c, exp.Column) and c.name.startswith(kinds) and c.table in own]


def _ordering(tree: exp.Select, key: exp.Column, rng: random.Random) -> list[exp.Expr] | None:
    """Return what decides which row comes first in a group: a number or date, then all other columns."""
    deciding = _columns(tree, "number", "date")
    if not deciding:
        deciding = [exp.column(f"number_{next_number(tree, 'number')}", table=key.table)]
    first = rng.choice(deciding)
    rest = [
        c for c in _columns(tree, "text", "number", "date", "flag", "key") if c.sql() not in (first.sql(), key.sql())
    ]
    descending = rng.random() < 0.7
    return [
        exp.Ordered(this=first.copy(), desc=descending, nulls_first=descending),
        *(exp.Ordered(this=c.copy()) for c in rest),
    ]


def _distinct_on(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    keys = _columns(tree, "text", "flag")
    if not is_rows(tree) or not keys:
        return None
    key = keys[0]
    deciding = _ordering(tree, key, rng)
    if deciding is None:
        return None
    shown = {c.sql() for c in _columns(tree, "text", "number", "date", "flag", "key")}
    decider = deciding[0].this
    if decider.sql() not in shown:
        tree.append("expressions", decider.copy())
    tree.set("distinct", exp.Distinct(on=exp.Tuple(expressions=[key.copy()])))
    tree.set("order", exp.Order(expressions=[exp.Ordered(this=key.copy()), *deciding]))
    tree.set("limit", None)
    tree.set("offset", None)
    return tree


def _qualify(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    keys = _columns(tree, "text", "flag")
    if not is_rows(tree) or not keys or tree.args.get("limit"):
        return None
    deciding = _ordering(tree, keys[0], rng)
    if deciding is None:
        return None
    rank = exp.Window(this=exp.Rank(), partition_by=[keys[0].copy()], order=exp.Order(expressions=deciding[:1]))
    limit = exp.Placeholder(this=f"value_{next_number(tree, 'value')}")
    tree.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=limit)))
    return tree


def _with_ties(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    limit, order = tree.args.get("limit"), tree.args.get("order")
    if order is None or tree.args.get("distinct"):
        return None
    count = limit.expression.copy() if isinstance(limit, exp.Limit) else exp.Literal.number(rng.choice((3, 5, 10)))
    options = exp.LimitOptions(rows=True, with_ties=True)
    tree.set("limit", exp.Fetch(direction="FIRST", count=count, limit_options=options))
    order.set("expressions", order.expressions[:1])
    return tree


def _percent(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    if tree.args.get("order") is None or tree.args.get("distinct"):
        return None
    options = exp.LimitOptions(rows=True, percent=True)
    count = exp.Literal.number(rng.choice((5, 10, 20)))
    tree.set("limit", exp.Fetch(direction="FIRST", count=count, limit_options=options))
    return tree


def _rownum(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    """Write the limit of an ordered query as a bound on ROWNUM around it, as Oracle did before FETCH."""
    limit = tree.args.get("limit")
    if tree.args.get("order") is None or not isinstance(limit, exp.Fetch | exp.Limit) or tree.args.get("with_"):
        return None
    count = limit.args["count"] if isinstance(limit, exp.Fetch) else limit.expression
    options = limit.args.get("limit_options")
    special = options is not None and (options.args.get("with_ties") or options.args.get("percent"))
    if special or tree.args.get("offset") or not isinstance(count, exp.Literal):
        return None
    tree.set("limit", None)
    columns = [exp.column(name) for name in tree.named_selects]
    return (
        exp.select(*columns).from_(tree.subquery()).where(exp.LTE(this=exp.column("ROWNUM"), expression=count.copy()))
    )


def _with_rollup(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    """Say ``GROUP BY ROLLUP (a, b)`` as MySQL does, ``GROUP BY a, b WITH ROLLUP``."""
    done = _totals(exp.Rollup)(tree, rng)
    if done is not None:
        keys = done.args["group"].expressions[0].expressions
        done.set("group", exp.Group(expressions=keys, rollup=[exp.Rollup()]))
    return done


def _totals(
    kind: type[exp.Expr],
) -> Rewrite:
    def rewrite(tree: exp.Select, rng: random.Random) -> exp.Select | None:
        group = tree.args.get("group")
        if (
            group is None
            or tree.args.get("limit")
            or tree.args.get("having")
            or any(p.find(exp.Window) for p in tree.expressions)
        ):
            return None
        keys = [k for k in group.expressions if isinstance(k, exp.Column)]
        chosen = {p.unalias().sql() for p in tree.expressions}
        if len(keys) != len(group.expressions) or not all(k.sql() in chosen for k in keys):
            return None
        if len(keys) == 1:
            extra = exp.column(f"text_{next_number(tree, 'text')}", table=keys[0].table)
            keys.append(extra)
            tree.set("expressions", [tree.expressions[0], extra.copy(), *tree.expressions[1:]])
        group.set("expressions", [kind(expressions=[k.copy() for k in keys])])
        tree.set("order", None)
        return tree

    return rewrite


def _group_by_all(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    group = tree.args.get("group")
    if group is None:
        return None
    chosen = {p.unalias().sql() for p in tree.expressions} | {p.alias for p in tree.expressions}
    if not all(k.sql() in chosen for k in group.expressions):
        return None
    tree.set("group", exp.Group(all=True))
    return tree


def _named_window(tree: exp.Select, rng: random.Random) -> exp.Select | None:
    windows = [w for p in tree.expressions for w in p.find_all(exp.Window)]
    if not windows or tree.args.get("windows"):
        return None
    over = windows[0]
    if over.args.get("spec"):
        return None
    parts = {k: v for k, v in over.args.items() if k in ("partition_by", "order") and v}
    for node in windows:
        if all(str(node.args.get(k)) == str(over.args.get(k)) for k in ("partition_by", "order")):
            node.replace(exp.Window(this=node.this.copy(), alias=exp.to_identifier("w"), over="OVER"))
    tree.set("windows", [exp.Window(this=exp.to_identifier("w"), **dict(parts.items()))])
    return tree


def _existence_join(kind: str) -> Rewrite:
    def rewrite(tree: exp.Select, rng: random.Random) -> exp.Select | None:
        """Say ``[NOT] EXISTS (SELECT … FROM b WHERE key)`` as ``SEMI``/``ANTI JOIN b ON key``."""
        where = tree.args.get("where")
        node = where.this if where is not None else None
        negative = isinstance(node, exp.Not)
        exists = node.this if isinstance(node, exp.Not) else node
        if not isinstance(exists, exp.Exists) or negative != (kind == "ANTI") or tree.args.get("joins"):
            return None
        inner = exists.this.unnest()
        if inner.args.get("joins") or inner.args.get("group") or not inner.args.get("where"):
            return None
        join = exp.Join(this=inner.args["from_"].this.copy(), kind=kind, on=inner.args["where"].this.copy())
        tree.set("where", None)
        tree.append("joins", join)
        return tree

    return rewrite


_REWRITES: dict[str, Rewrite] = {
    "DISTINCT ON": _distinct_on,
    "QUALIFY": _qualify,
    "WITH TIES": _with_ties,
    "FETCH FIRST": _with_ties,
    "PERCENT": _percent,
    "ROWNUM": _rownum,
    "ROLLUP": _totals(exp.Rollup),
    "WITH ROLLUP": _with_rollup,
    "CUBE": _totals(exp.Cube),
    "GROUP BY ALL": _group_by_all,
    "WINDOW": _named_window,
    "SEMI JOIN": _existence_join("SEMI"),
    "ANTI JOIN": _existence_join("ANTI"),
}
