"""The outputs of the queries inside a qualified query: where they are defined, who needs their names."""

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from .qualified import UnsupportedSeed, is_explicit


def source_of(scope: Scope, name: str) -> tuple[exp.Expr, exp.Table | Scope]:
    """Return the node and the source that ``name`` stands for in ``scope`` or a query around it."""
    around: Scope | None = scope
    while around:
        if name in around.selected_sources:
            node, source = around.selected_sources[name]
            return node, source
        around = around.parent
    raise UnsupportedSeed("a column whose table is unclear")


def defining_output(scope: Scope, name: str) -> tuple[exp.Expr, exp.Expr]:
    """Return the query and the projection that define output ``name`` of ``scope``.

    A plain column that hands on an inner query's output is followed to where that is defined.
    """
    while scope.set_operation_scopes:
        scope = scope.set_operation_scopes[0]
    projection = _projection(scope.expression, name)
    if projection is None:
        raise UnsupportedSeed("a column that comes out of a star")
    inner = handed_on(projection, scope)
    return defining_output(inner, projection.this.name) if inner else (scope.expression, projection)


def handed_on(projection: exp.Expr, scope: Scope) -> Scope | None:
    """Return the inner query whose output ``projection`` of ``scope`` hands on unchanged, if it does."""
    if is_explicit(projection) or not is_plain_column(projection) or projection.this.is_star:
        return None
    source = source_of(scope, projection.this.table)[1]
    return source if isinstance(source, Scope) else None


def is_plain_column(projection: exp.Expr) -> bool:
    """Say whether ``projection`` is a column and nothing else."""
    return isinstance(projection, exp.Alias) and isinstance(projection.this, exp.Column)


def feeds(select: exp.Select) -> str:
    """Say what takes the output names of ``select``.

    ``result`` for the whole query's, ``source`` for a CTE's or a derived table's, ``nothing`` for a
    subquery in an expression and for any but the first query of a set operation.
    """
    node: exp.Expr = select
    while isinstance(node.parent, exp.SetOperation | exp.Subquery) and not isinstance(node, exp.Subquery):
        if node.arg_key == "expression":
            return "nothing"
        node = node.parent
    if node.parent is None:
        return "result"
    return "source" if isinstance(node.parent, exp.CTE | exp.From | exp.Join) else "nothing"


def order_by_outputs(tree: exp.Query) -> list[tuple[exp.Column, exp.Select]]:
    """Let ``ORDER BY`` name columns rather than unaliased outputs; return what still names an output."""
    found = []
    for column in list(tree.find_all(exp.Column)):
        if column.table or column.is_star:
            continue
        query = column.find_ancestor(exp.Select, exp.SetOperation)
        select = _first_select(query)
        projection = _projection(select, column.name)
        if projection is None:
            raise UnsupportedSeed("a column that no table has")
        if select is query and is_plain_column(projection) and not is_explicit(projection):
            column.replace(projection.this.copy())
        else:
            found.append((column, select))
    return found


def _first_select(query: exp.Expr | None) -> exp.Select:
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select):
        raise UnsupportedSeed("a column outside any query")
    return query


def _projection(select: exp.Expr, name: str) -> exp.Expr | None:
    assert isinstance(select, exp.Select)
    return next((each for each in select.selects if each.alias_or_name == name), None)
