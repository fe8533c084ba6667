"""What the rewriting reads of each kind of syntax node: a clause it does not know must not be left out in silence."""

from sqlglot import exp

from ..session import UnsupportedError

_QUERY = "with_ order limit offset locks"
_SET_OPERATION = f"this expression distinct side kind {_QUERY}"
_READ: dict[type[exp.Expr], frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        exp.Select: f"expressions from_ joins where group having connect distinct hint {_QUERY}",
        exp.Union: _SET_OPERATION,
        exp.Intersect: _SET_OPERATION,
        exp.Except: _SET_OPERATION,
        exp.Subquery: f"this alias pivots {_QUERY}",
        exp.Table: "this alias db catalog joins pivots sample version hints partition when changes",
        exp.TableAlias: "this columns",
        exp.Join: "this on using side kind method",
        exp.Lateral: "this alias cross_apply view outer",
        exp.With: "expressions search recursive",
        exp.CTE: "this alias",
        exp.Group: "expressions all",
        exp.Connect: "start connect nocycle",
        exp.Order: "expressions siblings",
        exp.Ordered: "this desc nulls_first",
        exp.Fetch: "direction count limit_options",
        exp.LimitOptions: "percent rows with_ties",
        exp.Offset: "this expression",
        exp.Distinct: "expressions",
        exp.Pivot: "this alias expressions fields unpivot include_nulls columns pivot_column_naming",
        exp.Column: "this table db join_mark",
        exp.Star: "",
        exp.Anonymous: "this expressions",
        exp.Window: "this partition_by order spec alias over first",
        exp.WindowSpec: "kind start start_side end end_side exclude",
        exp.WithinGroup: "this expression",
        exp.Cast: "this to format default",
        exp.Extract: "this expression",
        exp.Trim: "this expression position collation",
        exp.Interval: "this unit",
        exp.In: "this expressions query",
        exp.Between: "this low high symmetric",
        exp.Case: "this ifs default",
        exp.Rollup: "expressions",
        exp.Cube: "expressions",
        exp.GroupingSets: "expressions",
    }.items()
}


def check_shapes(tree: exp.Expr) -> None:
    """Raise ``UnsupportedError`` for the first clause of the tree that no part of the rewriting reads."""
    for node in tree.walk():
        known = _READ.get(type(node))
        unread = [name for name, part in node.args.items() if part and known is not None and name not in known]
        if unread:
            raise UnsupportedError(f"{type(node).__name__} with {unread[0]}")
