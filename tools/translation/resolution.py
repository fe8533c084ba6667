"""A SQLite query with every name found in the schema and every expression typed; and back to how people write."""

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from ..errors import IsoglossError
from ..identifiers import natural_identifier
from ..outputs import source_of
from ..parsing import parse
from ..qualified import UnsupportedSeed
from ..schema import ColumnType, Schema, Table
from ..transpile import with_string_literals

_WRITTEN, _BARE = "written", "bare"  # an alias the query has itself; a column without its table
_TYPES = {
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIMESTAMPTZ: "TIMESTAMPTZ",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.BINARY: "VARBINARY",
}


class UntranslatableError(IsoglossError):
    """A query that is not one SELECT, or whose names are not those of the database."""


def resolved(sql: str, schema: Schema) -> exp.Query:
    """Parse one SQLite query; each column gets its table, each expression its type, names are in lower case.

    ``"Paris"`` is text where no such column is in reach, as SQLite reads it. Raises ``UntranslatableError`` for what
    is not one query and sqlglot's errors for what does not parse or resolve.
    """
    tree = with_string_literals(parse(sql, "sqlite"), schema)
    if not isinstance(tree, exp.Query):
        raise UntranslatableError("not one query")
    for node in tree.walk():
        if isinstance(node, exp.Identifier):
            node.set("this", node.name.lower())
        elif isinstance(node, exp.Alias):
            node.meta[_WRITTEN] = True
        elif isinstance(node, exp.Table):
            node.set("db", None)  # `main`
            node.meta[_WRITTEN] = bool(node.alias)
        elif isinstance(node, exp.Column):
            node.meta[_BARE] = not node.table
    _name_derived_tables(tree)
    _name_shown_queries(tree)
    as_written = "sqlite, normalization_strategy=case_sensitive"  # all is lower case by now
    types = _mapping(schema, as_written)
    try:
        tree = qualify(
            tree, dialect=as_written, schema=types, expand_stars=False, quote_identifiers=False, identify=False
        )
        _drop_added_aliases(tree)
        return annotate_types(tree, schema=types, dialect=as_written)
    except (AssertionError, AttributeError, KeyError, TypeError) as error:  # what sqlglot's optimizer has no word for
        raise UntranslatableError(f"sqlglot cannot resolve it: {error!r}") from error


def _name_derived_tables(tree: exp.Query) -> None:
    """Give each derived table a name, which MySQL demands."""
    derived = [node for node in tree.find_all(exp.Subquery) if isinstance(node.parent, exp.From | exp.Join)]
    for number, node in enumerate([node for node in derived if not node.alias], 1):
        node.set("alias", exp.TableAlias(this=exp.to_identifier(f"derived_{number}")))


def _name_shown_queries(tree: exp.Query) -> None:
    """Give each subquery that is shown a name, by which an order can refer to it."""
    for select in tree.find_all(exp.Select):
        for place, shown in enumerate(select.expressions, 1):
            if isinstance(shown, exp.Subquery) and not shown.alias:
                named = exp.Alias(this=shown.copy(), alias=exp.to_identifier(f"column_{place}"))
                named.meta[_WRITTEN] = True
                shown.replace(named)


def _mapping(schema: Schema, dialect: str) -> MappingSchema:
    tables: dict[str, object] = {
        table.name.lower(): {c.name.lower(): _TYPES.get(c.type, "TEXT") for c in table.columns}
        for table in schema.tables
    }
    return MappingSchema(tables, dialect=dialect, normalize=False)


def _drop_added_aliases(tree: exp.Query) -> None:
    """Undo what qualifying adds to projections: an alias each, and orders that refer to it."""
    for select in tree.find_all(exp.Select):
        added = {p.alias: p.this for p in select.expressions if isinstance(p, exp.Alias) and not p.meta.get(_WRITTEN)}
        order = select.args.get("order")
        for key in order.expressions if order else []:
            if isinstance(key.this, exp.Column | exp.Identifier) and key.this.name in added and not _table_of(key.this):
                key.set("this", added[key.this.name].copy())
        read = _is_read_by_name(select)
        plain = [name for name, shown in added.items() if not read or shown.name == name]
        select.set("expressions", [p.this if p.alias in plain else p for p in select.expressions])


def _table_of(node: exp.Expr) -> str:
    return node.table if isinstance(node, exp.Column) else ""


def _is_read_by_name(select: exp.Select) -> bool:
    """Return whether the query around ``select`` may use the names of its outputs."""
    node: exp.Expr | None = select.parent
    while isinstance(node, exp.SetOperation):
        node = node.parent
    return isinstance(node, exp.CTE) or (
        isinstance(node, exp.Subquery) and isinstance(node.parent, exp.From | exp.Join)
    )


def with_names_of(tree: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    """Write names as ``dialect`` keeps them, in quotes where they need them, and tables only where columns do."""
    for scope in traverse_scope(tree):
        for column in scope.columns:
            _name_column(column, scope, schema)
            _drop_needless_table(column, scope)
    for table in tree.find_all(exp.Table):
        if not table.meta.get(_WRITTEN, True) and table.alias == table.name:
            table.set("alias", None)
        table.this.set("this", _table_name(table, tree, schema))
    for name in list(tree.find_all(exp.Identifier)):
        name.replace(natural_identifier(name.name, dialect))
    return tree


def _name_column(column: exp.Column, scope: Scope, schema: Schema) -> None:
    """Write a column as the schema has it, and a table that is read under its own name as well."""
    if not column.table:
        return
    try:
        node, source = source_of(scope, column.table)
    except UnsupportedSeed:
        return
    table = _table(schema, source.name) if isinstance(source, exp.Table) else None
    if table is None:
        return
    if isinstance(node, exp.Table) and not node.meta.get(_WRITTEN, True):
        column.args["table"].set("this", table.name)
    real = next((c.name for c in table.columns if c.name.lower() == column.name), None)
    if real is not None and not isinstance(column.this, exp.Star):
        column.this.set("this", real)


def _table(schema: Schema, name: str) -> Table | None:
    return next((table for table in schema.tables if table.name.lower() == name.lower()), None)


def _table_name(table: exp.Table, tree: exp.Query, schema: Schema) -> str:
    known = _table(schema, table.name)
    is_cte = any(cte.alias == table.name for cte in tree.find_all(exp.CTE))
    return table.name if known is None or is_cte else known.name


def _drop_needless_table(column: exp.Column, scope: Scope) -> None:
    """Write a column as the query had it, where only one table is read and the name is not that table's too."""
    own = list(scope.selected_sources)
    needless = column.meta.get(_BARE) and len(own) == 1 and column.table.lower() == own[0].lower()
    if needless and column.name.lower() != own[0].lower():
        column.set("table", None)
