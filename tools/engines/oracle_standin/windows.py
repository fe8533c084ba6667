"""Window functions.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Analytic-Functions.html
"""

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import AGGREGATES, aggregate, check_place
from .conversion import to_kind
from .frames import check_number, window_text
from .keep import is_keep, kept_rows
from .kinds import Kind, OracleError, Value
from .ordered_sets import list_over
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


@expression.register
def _(node: exp.Window, scope: Scope) -> Value:
    if is_keep(node):
        check_place(scope)
        return aggregate(node.this, scope, kept_rows(node, scope))
    if scope.clause in ("where", "group", "having", "on", "connect"):
        raise OracleError("ORA-30483", "window functions are not allowed here")
    if isinstance(node.this, exp.WithinGroup):
        return list_over(node.this, node, scope)
    if is_keep(node.this) and not node.args.get("order"):
        return aggregate(node.this.this, scope, f"{kept_rows(node.this, scope)} OVER ({window_text(node, scope)})")
    if ignoring := _without_nulls(node):
        return _known(ignoring, node, scope)
    if not isinstance(node.this, exp.Anonymous):
        raise UnsupportedError("OVER after other than a function")
    name, over = node.this.name.upper(), f" OVER ({window_text(node, scope)})"
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
    said, window = value(call.expressions[0], scope), window_text(node, scope)
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
        check_number(arguments, count, count)
        said = f"ntile(({arguments[0].sql})::int)" if arguments else f"{name.lower()}()"
        return Value(f"({said}{over}){cast}", Kind.NUMBER)
    if name in ("LAG", "LEAD"):
        return _offset(name, arguments, over)
    if name in _PICKING:
        check_number(arguments, _PICKING[name], _PICKING[name])
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


def _offset(name: str, arguments: list[Value], over: str) -> Value:
    """LAG and LEAD: how many rows away, and what stands where there is none."""
    check_number(arguments, 1, 3)
    said = arguments[0]
    rows = f", ({to_kind(arguments[1], Kind.NUMBER)})::int" if len(arguments) > 1 else ""
    default = f", {to_kind(arguments[2], said.kind)}" if len(arguments) > 2 else ""
    number = "::numeric" if said.kind is Kind.NUMBER else ""
    casted = f"({default[2:]}){number}" if default else ""
    return Value(f"({name.lower()}(({said.sql}){number}{rows}{', ' + casted if casted else ''}){over})", said.kind)
