"""PIVOT and UNPIVOT.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html (pivot_clause, unpivot_clause)
"""

from dataclasses import replace

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import aggregate
from .conversion import common_kind, comparable, to_kind
from .kinds import Kind, Value, unknown_identifier
from .scope import Field, Relation, Scope, spelt
from .sources import alias_of, item
from .values import text_literal, value


def pivoted(node: exp.Expr, scope: Scope) -> tuple[str, Relation]:
    """Return a table or subquery of FROM turned by its PIVOT or UNPIVOT clause."""
    if len(node.args["pivots"]) != 1:
        raise UnsupportedError("more than one PIVOT")
    [pivot] = node.args["pivots"]
    plain = node.copy()
    plain.set("pivots", None)
    sql, relation = item(plain, scope)
    if len(pivot.args["fields"]) != 1 or not isinstance(pivot.args["fields"][0], exp.In):
        raise UnsupportedError("PIVOT of this form")
    name = alias_of(pivot, relation.name)
    if pivot.args.get("unpivot"):
        return _unpivoted(pivot, sql, relation, name, scope)
    return _pivoted(pivot, sql, relation, name, scope)


def _pivoted(pivot: exp.Pivot, sql: str, relation: Relation, name: str, scope: Scope) -> tuple[str, Relation]:
    """Group by every column that the clause does not name, with one column for each value and aggregate."""
    [field] = pivot.args["fields"]
    inside = replace(scope.inner(inline=True), relations=(relation,))
    if not isinstance(field.this, exp.Column):
        raise UnsupportedError("PIVOT for several columns")
    turned = value(field.this, inside)
    columns = [column for part in (*pivot.expressions, field.this) for column in part.find_all(exp.Column)]
    used = {spelt(column.this) for column in columns}
    groups = [each for each in relation.fields if each.name not in used]
    items = [(each.name, each.value) for each in groups]
    for chosen in field.expressions:
        for call in pivot.expressions:
            items.append(_cell(chosen, call, turned, inside))
    keys = f" GROUP BY {', '.join(each.value.sql for each in groups)}" if groups else ""
    return _named(f"FROM {sql}{keys}", items, name, scope)


def _cell(chosen: exp.Expr, call: exp.Expr, turned: Value, scope: Scope) -> tuple[str, Value]:
    """Return one column of a PIVOT: an aggregate of the rows with one value."""
    literal = chosen.this if isinstance(chosen, exp.PivotAlias) else chosen
    if not isinstance(literal, exp.Literal):
        raise UnsupportedError("PIVOT of other than written-out values")
    column = spelt(chosen.args["alias"]) if isinstance(chosen, exp.PivotAlias) else literal.sql("oracle")
    function = call.this if isinstance(call, exp.Alias) else call
    if not isinstance(function, exp.Anonymous):
        raise UnsupportedError("PIVOT with other than a plain aggregate")
    if isinstance(call, exp.Alias):
        column = f"{column}_{spelt(call.args['alias'])}"
    equal = " = ".join(comparable(turned, value(literal, scope)))
    return column, aggregate(function, scope, f" FILTER (WHERE {equal})")


def _unpivoted(pivot: exp.Pivot, sql: str, relation: Relation, name: str, scope: Scope) -> tuple[str, Relation]:
    """Make a row of each listed column: the other columns, then the column's name, then its value."""
    [field] = pivot.args["fields"]
    if len(pivot.expressions) != 1 or not isinstance(pivot.expressions[0], exp.Identifier):
        raise UnsupportedError("UNPIVOT into several columns")
    turned = [_listed(each, relation) for each in field.expressions]
    kind = common_kind([found.value.kind for found, _ in turned], "ORA-01790")
    label_kind = common_kind([label.kind for _, label in turned], "ORA-01790")
    alias, names = scope.named("v"), {found.name for found, _ in turned}
    rows = ", ".join(f"({to_kind(label, label_kind)}, {to_kind(found.value, kind)})" for found, label in turned)
    items = [(each.name, each.value) for each in relation.fields if each.name not in names]
    items += [(spelt(field.this), Value(f"{alias}.label", label_kind))]
    items += [(spelt(pivot.expressions[0]), Value(f"{alias}.cell", kind))]
    kept = "" if pivot.args.get("include_nulls") else f" WHERE {alias}.cell IS NOT NULL"
    return _named(f"FROM {sql} CROSS JOIN LATERAL (VALUES {rows}) {alias} (label, cell){kept}", items, name, scope)


def _listed(node: exp.Expr, relation: Relation) -> tuple[Field, Value]:
    """Return a column of an UNPIVOT with the value that stands for its name."""
    column = node.this if isinstance(node, exp.PivotAlias) else node
    if not isinstance(column, exp.Column):
        raise UnsupportedError("UNPIVOT of several columns at once")
    found = relation.found(spelt(column.this))
    if not found:
        raise unknown_identifier(spelt(column.this))
    if not isinstance(node, exp.PivotAlias):
        return found[0], text_literal(spelt(column.this))
    label = node.args["alias"]
    if not isinstance(label, exp.Literal):
        raise UnsupportedError("a name in UNPIVOT that is no literal")
    return found[0], text_literal(label.name) if label.is_string else Value(label.name, Kind.NUMBER)


def _named(text: str, items: list[tuple[str, Value]], name: str, scope: Scope) -> tuple[str, Relation]:
    """Return a subquery of FROM that selects ``items``; ``text`` is its FROM and what follows."""
    alias = scope.named("v")
    listed = ", ".join(f"{said.sql} AS c{n}" for n, (_, said) in enumerate(items, 1))
    fields = (Field(column, Value(f"{alias}.c{n}", said.kind)) for n, (column, said) in enumerate(items, 1))
    return f"(SELECT {listed} {text}) {alias}", Relation(name, tuple(fields))
