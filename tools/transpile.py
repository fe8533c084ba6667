"""Carry a query over from one dialect to another."""

from sqlglot import exp
from sqlglot.errors import SqlglotError

from .parsing import language, parse
from .qualified import UnsupportedSeed
from .render import render
from .schema import Schema


def transpile(sql: str, source: str, target: str) -> str:
    """Return ``sql`` of dialect ``source`` as SQL of dialect ``target``, by sqlglot.

    NULLs are ordered as ``target`` does by itself unless ``sql`` orders them expressly: sqlglot would
    write out the difference between the defaults, which nobody asked for. Raises ``UnsupportedSeed``.
    """
    if source == target:
        return sql
    try:
        tree = parse(sql, source)
        if "NULLS" not in sql.upper():
            order_nulls_by_default(tree, target)
        return render(tree, target)
    except SqlglotError as error:
        raise UnsupportedSeed(f"not to be said in {target}: {str(error).splitlines()[0]}") from error


def string_literals(sql: str, schema: Schema) -> str:
    """Return SQLite's ``sql`` with ``"Paris"`` as ``'Paris'`` wherever no such column is in reach."""
    return render(with_string_literals(parse(sql, "sqlite"), schema), "sqlite") if '"' in sql else sql


def with_string_literals(tree: exp.Expr, schema: Schema) -> exp.Expr:
    """Change what is quoted as a name and names nothing in reach to a string, as SQLite itself reads it.

    See https://sqlite.org/quirks.html#double_quoted_string_literals_are_accepted.
    """
    names = {alias.alias.lower() for alias in tree.find_all(exp.Alias)}
    used = {table.name.lower() for table in tree.find_all(exp.Table)}
    names |= {c.name.lower() for table in schema.tables if table.name.lower() in used for c in table.columns}
    for column in list(tree.find_all(exp.Column)):
        if column.this.args.get("quoted") and not column.table and column.name.lower() not in names:
            column.replace(exp.Literal.string(column.name))
    return tree


def order_nulls_by_default(tree: exp.Expr, dialect: str) -> None:
    """Make every ORDER BY of ``tree`` order NULLs as ``dialect`` does when nothing is said."""
    for ordered in tree.find_all(exp.Ordered):
        ordered.set("nulls_first", nulls_first_by_default(bool(ordered.args.get("desc")), dialect))


def nulls_first_by_default(descending: bool, dialect: str) -> bool:
    """Return whether ``dialect`` puts NULLs first in an order that does not say."""
    ordering = language(dialect).NULL_ORDERING
    return {"nulls_are_small": not descending, "nulls_are_large": descending}.get(ordering, False)


def can_order_nulls(dialect: str) -> bool:
    """Return whether ``dialect`` has NULLS FIRST and NULLS LAST."""
    return language(dialect).generator().NULL_ORDERING_SUPPORTED is not None
