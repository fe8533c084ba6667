"""Parse a query and let sqlglot say where each of its columns comes from."""

from functools import lru_cache

from sqlglot import exp, parse
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from .errors import IsoglossError
from .schema import Schema

_EXPLICIT = "explicit"
_UNSUPPORTED: dict[type[exp.Expr], str] = {
    exp.Lateral: "a lateral join",
    exp.Unnest: "UNNEST",
    exp.Values: "VALUES",
    exp.Pivot: "PIVOT",
    exp.Tuple: "a row value",
    exp.Placeholder: "a placeholder",
    exp.Parameter: "a parameter",
}


class UnsupportedSeed(IsoglossError):
    """A query that cannot become a template; ``reason`` says why in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def qualified(sql: str, schema: Schema, dialect: str) -> exp.Query:
    """Parse ``sql`` and qualify its tables and columns over ``schema``, whatever case it is written in.

    Aliases that were written, not added here, are told apart by `is_explicit`. Raises
    ``UnsupportedSeed`` for what is not one query or has a construct without slots, and sqlglot's
    errors for what does not parse or resolve.
    """
    tree = _single_query(sql, dialect)
    for node in tree.walk():
        reason = _UNSUPPORTED.get(type(node))
        if reason and not isinstance(node.parent, exp.Distinct):
            raise UnsupportedSeed(reason)
        if isinstance(node, exp.Identifier):
            node.set("this", node.name.lower())
        elif isinstance(node, exp.Table):
            node.set("db", None)
            node.set("catalog", None)
        elif isinstance(node, exp.Alias):
            node.meta[_EXPLICIT] = True
    as_written = f"{dialect}, normalization_strategy=case_sensitive"  # all is lower case by now, Oracle's names too
    mapping = _mapping(schema, as_written)
    tree = qualify(tree, dialect=as_written, schema=mapping, expand_stars=False, quote_identifiers=False)
    _free_keywords(tree)
    return tree


def _free_keywords(tree: exp.Query) -> None:
    """Turn into words what is no name: ROWNUM and LEVEL, and KEEP's DENSE_RANK, for sqlglot a window's name."""
    for node in list(tree.find_all(exp.Pseudocolumn, exp.Window)):
        if isinstance(node, exp.Pseudocolumn):
            node.replace(exp.Var(this=node.name.upper()))
        elif node.args.get("over") == "KEEP":
            node.set("alias", exp.Var(this="DENSE_RANK"))


def is_explicit(projection: exp.Expr) -> bool:
    """Say whether the alias of a qualified ``projection`` was written in the query itself."""
    return bool(projection.meta.get(_EXPLICIT))


def _single_query(sql: str, dialect: str) -> exp.Query:
    trees = [tree for tree in parse(sql, read=dialect) if tree]
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise UnsupportedSeed("not one query")
    if any(with_.recursive for with_ in trees[0].find_all(exp.With)):
        raise UnsupportedSeed("a recursive query")
    return trees[0]


@lru_cache(maxsize=256)
def _mapping(schema: Schema, dialect: str) -> MappingSchema:
    tables: dict[str, object] = {
        table.name.lower(): {column.name.lower(): "UNKNOWN" for column in table.columns} for table in schema.tables
    }
    return MappingSchema(tables, dialect=dialect, normalize=False)
