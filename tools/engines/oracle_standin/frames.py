"""What stands between the parentheses of OVER: partitions, order and frame.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Analytic-Functions.html
"""

from sqlglot import exp

from .conversion import to_kind
from .kinds import DATETIMES, NUMBERS, Kind, OracleError, Value
from .ordering import direction
from .scope import Scope
from .values import value


def check_number(arguments: list[Value], least: int, most: int) -> None:
    """Raise ``OracleError`` unless there are ``least`` to ``most`` arguments."""
    if not least <= len(arguments) <= most:
        raise OracleError("ORA-00909", "invalid number of arguments")


def window_text(node: exp.Window, scope: Scope) -> str:
    """Return what stands between the parentheses of OVER; raises ``OracleError`` for a frame without an order."""
    parts = []
    if keys := node.args.get("partition_by"):
        parts.append(f"PARTITION BY {', '.join(window_key(each, scope).sql for each in keys)}")
    order = node.args["order"].expressions if node.args.get("order") else []
    keys = [window_key(each.this, scope) for each in order]
    if order:
        terms = (key.sql + direction(each) for key, each in zip(keys, order, strict=True))
        parts.append(f"ORDER BY {', '.join(terms)}")
    if spec := node.args.get("spec"):
        if not order:
            raise OracleError("ORA-30485", "missing ORDER BY expression in the window specification")
        parts.append(_frame(spec, keys, scope))
    return " ".join(parts)


def window_key(node: exp.Expr, scope: Scope) -> Value:
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
