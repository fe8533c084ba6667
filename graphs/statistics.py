"""What a query is made of."""

from sqlglot import exp

from ..tools.parsing import parsed

_KINDS: dict[str, tuple[type[exp.Expr], ...]] = {
    "join": (exp.Join,),
    "aggregate": (exp.AggFunc,),
    "subquery": (exp.Select, exp.SetOperation),
    "CTE": (exp.CTE,),
    "window": (exp.Window,),
    "set operation": (exp.SetOperation,),
}
FEATURES = tuple(_KINDS)
_ABOUT_A_CALL = (exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)


def features(sql: str, dialect: str) -> set[str]:
    """Return which of ``FEATURES`` a query uses; raises ``sqlglot.errors.SqlglotError`` if it does not parse."""
    tree = parsed(sql, dialect)
    return {name for name, kinds in _KINDS.items() if any(_is(name, node) for node in tree.find_all(*kinds))}


def _is(feature: str, node: exp.Expr) -> bool:
    """An aggregate is no window function; a subquery is neither outermost, nor a CTE's body, nor an operand."""
    if feature == "aggregate":
        return not isinstance(_parent(node, _ABOUT_A_CALL), exp.Window)
    if feature == "subquery":
        return not isinstance(_parent(node, (exp.Subquery, exp.Paren)), exp.CTE | exp.SetOperation | None)
    return True


def _parent(node: exp.Expr, wrappers: tuple[type[exp.Expr], ...]) -> exp.Expr | None:
    parent = node.parent
    while isinstance(parent, wrappers):
        parent = parent.parent
    return parent
