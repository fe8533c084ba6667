"""Window functions, and aggregates that are ordered WITHIN GROUP.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Analytic-Functions.html
"""

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import AGGREGATES, aggregate, check_place
from .conversion import to_kind
from .keep import is_keep, kept_rows
from .kinds import DATETIMES, NUMBERS, Kind, OracleError, Value, missing_expression
from .ordering import direction
from .scope import Scope
from .values import expression, value

# Each with how many arguments it has, and what its result is cast to.
_NUMBERING = {
    "ROW_NUMBER": (0, ""), "RANK": (0, ""), "DENSE_RANK": (0, ""), "NTILE": (1, ""), "PERCENT_RANK": (0, "::numeric"),
    "CUME_DIST": (0, "::numeric"),
}  # fmt: skip
_PICKING = {"FIRST_VALUE": 1, "LAST_VALUE": 1, "NTH_VALUE": 2}
_UNORDERED = ("MEDIAN", "RATIO_TO_REPORT")
_BEFORE, _AFTER = "UNBOUNDED PRECEDING AND 1 PRECEDING", "1 FOLLOWING AND UNBOUNDED FOLLOWING"
_WHOLE_FRAME = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


@expression.register
def _(node: exp.Window, scope: Scope) -> Value:
    if is_keep(node):
        check_place(scope)
        return aggregate(node.this, scope, kept_rows(node, scope))
    if scope.clause in ("where", "group", "having", "on", "connect"):
        raise OracleError("ORA-30483", "window functions are not allowed here")
    if isinstance(node.this, exp.WithinGroup):
        return _list_over(node.this, node, scope)
    if is_keep(node.this) and not node.args.get("order"):
        return aggregate(node.this.this, scope, f"{kept_rows(node.this, scope)} OVER ({_window(node, scope)})")
    if ignoring := _without_nulls(node):
        return _known(ignoring, node, scope)
    if not isinstance(node.this, exp.Anonymous):
        raise UnsupportedError("OVER after other than a function")
    name, over = node.this.name.upper(), f" OVER ({_window(node, scope)})"
    if name in (*_NUMBERING, "LAG", "LEAD") and not node.args.get("order"):
        raise OracleError("ORA-30485", "missing ORDER BY expression in the window specification")
    if name in _UNORDERED and node.args.get("order"):
        raise OracleError("ORA-30487", "ORDER BY not allowed here")
    return _function(node.this, name, over, scope)


def _without_nulls(node: exp.Window) -> exp.Anonymous | None:
    """Return the function of a window that is to pass NULLs over, None if it is not."""
    call = node.this
    if isinstance(call, exp.IgnoreNulls) and isinstance(call.this, exp.Anonymous):
        return call.this
    if isinstance(call, exp.Anonymous) and call.expressions and isinstance(call.expressions[0], exp.IgnoreNulls):
        bare = call.copy()
        bare.set("expressions", [call.expressions[0].this, *call.expressions[1:]])
        return bare
    return None


def _known(call: exp.Anonymous, node: exp.Window, scope: Scope) -> Value:
    """FIRST_VALUE, LAST_VALUE, LAG and LEAD with IGNORE NULLS, as aggregates of a frame."""
    name = call.name.upper()
    if len(call.expressions) != 1 or name not in ("FIRST_VALUE", "LAST_VALUE", "LAG", "LEAD"):
        raise UnsupportedError(f"{name} with IGNORE NULLS")
    said, window = value(call.expressions[0], scope), _window(node, scope)
    if name in ("LAG", "LEAD"):
        if not node.args.get("order"):
            raise OracleError("ORA-30485", "missing ORDER BY expression in the window specification")
        window += f" ROWS BETWEEN {_BEFORE if name == 'LAG' else _AFTER}"
    function = "last_known" if name in ("LAST_VALUE", "LAG") else "first_known"
    return Value(f"(oracle.{function}({said.cast()}) OVER ({window}))", said.kind)


def _function(call: exp.Anonymous, name: str, over: str, scope: Scope) -> Value:
    if name in AGGREGATES:
        if call.expressions and isinstance(call.expressions[0], exp.Distinct):
            return _distinct(name, call.expressions[0], over, scope)
        return aggregate(call, scope, over)
    arguments = [] if call.expressions == [] else [value(each, scope) for each in call.expressions]
    if name in _NUMBERING:
        count, cast = _NUMBERING[name]
        _check_number(arguments, count, count)
        said = f"ntile(({arguments[0].sql})::int)" if arguments else f"{name.lower()}()"
        return Value(f"({said}{over}){cast}", Kind.NUMBER)
    if name in ("LAG", "LEAD"):
        return _offset(name, arguments, over)
    if name in _PICKING:
        _check_number(arguments, _PICKING[name], _PICKING[name])
        place = f", ({arguments[1].sql})::int" if name == "NTH_VALUE" else ""
        return Value(f"({name.lower()}({arguments[0].sql}{place}){over})", arguments[0].kind)
    if name == "RATIO_TO_REPORT":
        number = f"({to_kind(arguments[0], Kind.NUMBER)})::numeric"
        return Value(f"oracle.divide({number}, nullif(sum({number}){over}, 0))", Kind.NUMBER)
    raise OracleError("ORA-00923", "FROM keyword not found where expected")


def _distinct(name: str, distinct: exp.Distinct, over: str, scope: Scope) -> Value:
    """Return COUNT(DISTINCT …) of a partition, which PostgreSQL's own count cannot do; the others are left out."""
    if name != "COUNT" or " ORDER BY " in over:
        raise UnsupportedError("DISTINCT with OVER")
    said = value(distinct.expressions[0], scope)
    text = f"trim_scale({said.sql})" if said.kind is Kind.NUMBER else said.sql
    return Value(f"(oracle.count_distinct(({text})::text){over})", Kind.NUMBER)


def _check_number(arguments: list[Value], least: int, most: int) -> None:
    if not least <= len(arguments) <= most:
        raise OracleError("ORA-00909", "invalid number of arguments")


def _offset(name: str, arguments: list[Value], over: str) -> Value:
    """LAG and LEAD: how many rows away, and what stands where there is none."""
    _check_number(arguments, 1, 3)
    said = arguments[0]
    rows = f", ({to_kind(arguments[1], Kind.NUMBER)})::int" if len(arguments) > 1 else ""
    default = f", {to_kind(arguments[2], said.kind)}" if len(arguments) > 2 else ""
    number = "::numeric" if said.kind is Kind.NUMBER else ""
    casted = f"({default[2:]}){number}" if default else ""
    return Value(f"({name.lower()}(({said.sql}){number}{rows}{', ' + casted if casted else ''}){over})", said.kind)


def _window(node: exp.Window, scope: Scope) -> str:
    """Return what stands between the parentheses of OVER."""
    parts = []
    if keys := node.args.get("partition_by"):
        parts.append(f"PARTITION BY {', '.join(_key(each, scope).sql for each in keys)}")
    order = node.args["order"].expressions if node.args.get("order") else []
    keys = [_key(each.this, scope) for each in order]
    if order:
        terms = (key.sql + direction(each) for key, each in zip(keys, order, strict=True))
        parts.append(f"ORDER BY {', '.join(terms)}")
    if spec := node.args.get("spec"):
        if not order:
            raise OracleError("ORA-30485", "missing ORDER BY expression in the window specification")
        parts.append(_frame(spec, keys, scope))
    return " ".join(parts)


def _key(node: exp.Expr, scope: Scope) -> Value:
    """Return a key of a window; a number there is a constant, not a position."""
    key = value(node, scope)
    return Value(key.cast(), key.kind) if key.constant else key


def _frame(spec: exp.WindowSpec, keys: list[Value], scope: Scope) -> str:
    kind = (spec.args.get("kind") or "").upper()
    if kind not in ("ROWS", "RANGE") or spec.args.get("exclude"):
        raise OracleError("ORA-00907", "missing right parenthesis")
    start = _bound(spec, "start", kind, keys, scope)
    if not spec.args.get("end"):
        return f"{kind} {start}"
    return f"{kind} BETWEEN {start} AND {_bound(spec, 'end', kind, keys, scope)}"


def _bound(spec: exp.WindowSpec, which: str, kind: str, keys: list[Value], scope: Scope) -> str:
    bound, side = spec.args[which], (spec.args.get(f"{which}_side") or "").upper()
    if isinstance(bound, str):
        return f"{bound} {side}".strip()
    offset = value(bound, scope)
    if kind == "ROWS":
        return f"({to_kind(offset, Kind.NUMBER)})::int {side}"
    if len(keys) != 1:
        raise OracleError("ORA-30486", "invalid window aggregation group in the window specification")
    if keys[0].kind in DATETIMES and offset.kind in NUMBERS:  # a number of days
        return f"make_interval(secs => (({offset.sql}) * 86400)::float8) {side}"
    if keys[0].kind in NUMBERS:
        return f"{offset.cast()} {side}"
    return f"{offset.sql} {side}"


@expression.register
def _(node: exp.WithinGroup, scope: Scope) -> Value:
    """LISTAGG and the percentiles."""
    check_place(scope)
    call, order = node.this, node.expression
    if not isinstance(call, exp.Anonymous) or not isinstance(order, exp.Order):
        raise UnsupportedError("WITHIN GROUP of this form")
    name = call.name.upper()
    if name == "LISTAGG":
        distinct, said, separator = _listed(call, scope)
        terms = [_term(each, scope) for each in order.expressions]
        if distinct and [each.this for each in order.expressions] != [call.expressions[0].expressions[0]]:
            raise UnsupportedError("LISTAGG(DISTINCT …) ordered by other than itself")
        order_by = f" ORDER BY {', '.join(terms)}" if terms else ""
        return Value(f"oracle.listed(string_agg({distinct}{said}, {separator}{order_by}))", Kind.TEXT)
    if name in ("PERCENTILE_CONT", "PERCENTILE_DISC") and len(order.expressions) == 1:
        return _percentile(name, call, order.expressions[0], scope)
    raise UnsupportedError(f"the stand-in has no {name} WITHIN GROUP")


def _term(ordered: exp.Ordered, scope: Scope) -> str:
    return _key(ordered.this, scope).sql + direction(ordered)


def _listed(call: exp.Anonymous, scope: Scope) -> tuple[str, str, str]:
    """Return the DISTINCT, the text and the separator of LISTAGG; NULLs are left out, as in PostgreSQL."""
    if not call.expressions:
        raise missing_expression()
    first, *rest = call.expressions
    distinct = isinstance(first, exp.Distinct)
    arguments = [*first.expressions, *rest] if distinct else [first, *rest]
    _check_number([value(each, scope) for each in arguments], 1, 2)
    said = to_kind(value(arguments[0], scope), Kind.TEXT)
    separator = to_kind(value(arguments[1], scope), Kind.TEXT) if len(arguments) > 1 else "NULL"
    return "DISTINCT " if distinct else "", said, f"coalesce({separator}, '')"


def _percentile(name: str, call: exp.Anonymous, ordered: exp.Ordered, scope: Scope) -> Value:
    said, [share] = value(ordered.this, scope), [value(each, scope) for each in call.expressions]
    word = "DESC" if ordered.args.get("desc") else "ASC"
    if name == "PERCENTILE_DISC":
        return Value(f"percentile_disc(({share.sql})::float8) WITHIN GROUP (ORDER BY {said.sql} {word})", said.kind)
    if said.kind not in NUMBERS:
        raise UnsupportedError("PERCENTILE_CONT of other than numbers")
    within = f"WITHIN GROUP (ORDER BY ({said.sql})::float8 {word})"
    return Value(f"(percentile_cont(({share.sql})::float8) {within})::numeric", Kind.NUMBER)


def _list_over(node: exp.WithinGroup, window: exp.Window, scope: Scope) -> Value:
    """LISTAGG with OVER: the list of the whole partition, in its order."""
    if node.this.name.upper() != "LISTAGG" or window.args.get("order"):
        raise UnsupportedError("WITHIN GROUP with OVER of this form")
    distinct, said, separator = _listed(node.this, scope)
    if distinct:
        raise UnsupportedError("LISTAGG(DISTINCT …) with OVER")
    terms = ", ".join(_term(each, scope) for each in node.expression.expressions)
    over = f"{_window(window, scope)} ORDER BY {terms} {_WHOLE_FRAME}"
    return Value(f"oracle.listed(string_agg({said}, {separator}) OVER ({over}))", Kind.TEXT)
