"""Noun phrases for window functions."""

from sqlglot import exp

from .expressions import phrase
from .naming import Phrase, listing, plural
from .scope import Scope, Unsayable

_RANKS: dict[type[exp.Expr], str] = {
    exp.RowNumber: "position",
    exp.Rank: "rank (ties share a rank, gaps follow)",
    exp.DenseRank: "dense rank (ties share a rank, no gaps)",
    exp.PercentRank: "relative rank from 0 to 1",
    exp.CumeDist: "cumulative distribution value",
}


_TIED = (exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist)


def _leaves_open(order: exp.Order, scope: Scope) -> bool:
    """Say whether only columns of a looked-up table decide the order: all rows that refer to one row tie."""
    owners = [scope.entities.get(c.table) for key in order.expressions for c in key.find_all(exp.Column)]
    return bool(owners) and all(e is not None and e.base and e.noun != scope.row_noun for e in owners)


def window(node: exp.Window, scope: Scope) -> Phrase:
    """Return the phrase of a window function call; raises ``Unsayable`` for frames without words."""
    if node.args.get("over") == "KEEP":
        return _kept(node, scope)
    spec = _definition(node, scope)
    function = node.this
    order = spec.args.get("order")
    within = _within(spec, scope)
    if order is not None and not isinstance(function, _TIED) and _leaves_open(order, scope):
        raise Unsayable("an order that leaves rows of one looked-up row open")
    if isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        return _last_known(function, spec, within, scope)
    if isinstance(function, exp.Anonymous) and function.name.upper() == "RATIO_TO_REPORT":
        subject = phrase(function.expressions[0], scope)
        return Phrase(
            f"share (0 to 1) of {subject.the()} in the total{within or f' over all {_members(function, scope)}'}"
        )
    if type(function) in _RANKS:
        return Phrase(f"{_RANKS[type(function)]} {_ordered(order, scope)}{within}")
    if isinstance(function, exp.Ntile):
        return Phrase(f"number of the bucket, out of {function.this.name} equal ones, {_ordered(order, scope)}{within}")
    if isinstance(function, exp.Lag | exp.Lead):
        return _neighbour(function, order, within, scope)
    if isinstance(function, exp.FirstValue | exp.LastValue | exp.NthValue):
        return _edge(function, spec, order, within, scope)
    return _running(function, spec, within, scope)


def _kept(node: exp.Window, scope: Scope) -> Phrase:
    """Say Oracle's ``MAX(x) KEEP (DENSE_RANK FIRST ORDER BY y)``: the aggregate over the rows that come first."""
    keys = node.args["order"].expressions
    if len(keys) != 1 or node.args.get("first") is None:
        raise Unsayable("KEEP by several keys")
    highest = bool(keys[0].args.get("desc")) is bool(node.args["first"])
    key, kept = phrase(keys[0].this, scope), phrase(node.this, scope)
    extreme = {"date": ("latest", "earliest")}.get(key.kind, ("highest", "lowest"))[0 if highest else 1]
    return kept.of(f"{kept.text} among those with the {extreme} {key.text}")


def _definition(node: exp.Window, scope: Scope) -> exp.Window:
    name = node.args.get("alias")
    return scope.windows[name.name] if name is not None and name.name in scope.windows else node


def _within(spec: exp.Window, scope: Scope) -> str:
    keys = [phrase(p, scope).text for p in spec.args.get("partition_by") or []]
    return f" within each {listing(keys)}" if keys else ""


def _ordered(order: exp.Order | None, scope: Scope) -> str:
    from .queries import order_phrase

    if order is None:
        raise Unsayable("ranking without ORDER BY")
    return order_phrase(order, scope, verb="when ordered by")


def _neighbour(function: exp.Expr, order: exp.Order | None, within: str, scope: Scope) -> Phrase:
    subject = phrase(function.this, scope)
    side = "previous" if isinstance(function, exp.Lag) else "next"
    offset = function.args.get("offset")
    default = function.args.get("default")
    otherwise = f" (or {phrase(default, scope).the()} where there is none)" if default is not None else ""
    place = f"{side} {scope.row_noun}"
    if offset is not None and offset.name != "1":
        place = f"{scope.row_noun} {offset.name} places {'before' if side == 'previous' else 'after'}"
    return subject.of(f"{subject.text} of the {place} {_ordered(order, scope)}{within}{otherwise}")


def _last_known(function: exp.Expr, spec: exp.Window, within: str, scope: Scope) -> Phrase:
    """Say ``LAST_VALUE(x IGNORE NULLS) OVER (ORDER BY …)``, which looks back from the current row."""
    if (
        not isinstance(function, exp.IgnoreNulls)
        or not isinstance(function.this, exp.LastValue)
        or spec.args.get("spec")
    ):
        raise Unsayable("null treatment in a window")
    subject = phrase(function.this.this, scope)
    order = _ordered(spec.args.get("order"), scope)
    return subject.of(f"last known {subject.text} up to the current {scope.row_noun} {order}{within}")


def _edge(function: exp.Expr, spec: exp.Window, order: exp.Order | None, within: str, scope: Scope) -> Phrase:
    subject = phrase(function.this, scope)
    if isinstance(function, exp.FirstValue):
        return subject.of(f"{subject.text} of the first {scope.row_noun} {_ordered(order, scope)}{within}")
    frame = spec.args.get("spec")
    if frame is None or (frame.args.get("start"), frame.args.get("end")) != ("UNBOUNDED", "UNBOUNDED"):
        raise Unsayable("LAST_VALUE or NTH_VALUE over a partial frame")
    if isinstance(function, exp.NthValue):
        nth = {"2": "second", "3": "third"}.get(function.args["offset"].name)
        if nth is None:
            raise Unsayable("NTH_VALUE beyond the third")
        return subject.of(f"{subject.text} of the {nth} {scope.row_noun} {_ordered(order, scope)}{within}")
    return subject.of(f"{subject.text} of the last {scope.row_noun} {_ordered(order, scope)}{within}")


def _running(function: exp.Expr, spec: exp.Window, within: str, scope: Scope) -> Phrase:
    inner = phrase(function, scope)
    order, frame = spec.args.get("order"), spec.args.get("spec")
    if frame is not None and frame.args.get("exclude"):
        raise Unsayable("window frame with an exclusion")
    if order is None and frame is not None and _reach(frame, scope) != f"all {plural(scope.row_noun)}":
        raise Unsayable("window frame without an order")
    if order is None:
        return inner.of(f"{inner.text}{within or f' over all {_members(function, scope)}'}")
    if frame is not None and frame.args.get("kind", "").upper() == "RANGE":
        return inner.of(f"{inner.text} over {_lately(frame, order, scope)}{within}")
    reach = _reach(frame, scope) if frame is not None else "running"
    if reach == "running":
        return inner.of(f"running {inner.text} {_ordered(order, scope)}{within}")
    return inner.of(f"{inner.text} over {reach} {_ordered(order, scope)}{within}")


def _lately(frame: exp.WindowSpec, order: exp.Order, scope: Scope) -> str:
    """Say ``ORDER BY day RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW``."""
    start, keys = frame.args.get("start"), order.expressions
    backwards = frame.args.get("start_side") == "PRECEDING" and frame.args.get("end") == "CURRENT ROW"
    if not isinstance(start, exp.Interval) or not backwards or len(keys) != 1 or keys[0].args.get("desc"):
        raise Unsayable("window frame by value")
    key = phrase(keys[0].this, scope).text
    rows, span = plural(scope.row_noun), phrase(start, scope).text
    return f"the {rows} whose {key} is in the {span} up to that of the current {scope.row_noun}"


def _members(function: exp.Expr, scope: Scope) -> str:
    """Return what a window without partitions runs over: groups if the query has them, rows otherwise."""
    select = function.find_ancestor(exp.Select)
    grouped = select is not None and select.args.get("group") is not None
    return "groups" if grouped else f"those {plural(scope.row_noun)}"


def _reach(frame: exp.WindowSpec, scope: Scope) -> str:
    if frame.args.get("kind", "").upper() != "ROWS" or frame.args.get("exclude"):
        raise Unsayable("window frame")
    start, end = frame.args.get("start"), frame.args.get("end")
    row = scope.row_noun
    if isinstance(start, exp.Literal) and start.name.isdigit():
        before = f"the {start.name} preceding {plural(row) if start.name != '1' else row}"
        if end == "CURRENT ROW":
            return f"the current {row} and {before}"
        if isinstance(end, exp.Literal):
            after = f"the {end.name} following"
            return f"the current {row}, {before} and {after}"
    if start == "UNBOUNDED" and end == "CURRENT ROW":
        return "running"
    if (start, end) == ("UNBOUNDED", "UNBOUNDED"):
        return f"all {plural(row)}"
    raise Unsayable("window frame")
