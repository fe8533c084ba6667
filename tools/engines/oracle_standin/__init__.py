"""Oracle without Oracle: a gate of Oracle's rules and a rewriting for PostgreSQL, with what PostgreSQL lacks in SQL.

``rewritten`` is the whole of it: what is no Oracle raises ``OracleError`` with Oracle's number, and what cannot be
said in PostgreSQL with Oracle's meaning raises ``UnsupportedError``.
"""

from . import arithmetic, calls, casts, comparisons, hierarchy, json_values, windows  # noqa: F401 - each says how its expressions are rewritten
from .gate import check
from .kinds import Kind, OracleError
from .parsing import parse, tokenize
from .queries import Query, query
from .scope import Catalog, Scope, StoredTable
from .shapes import check_shapes
from .signatures import helpers

__all__ = ["Catalog", "Kind", "OracleError", "Query", "StoredTable", "helpers", "rewritten"]


def rewritten(sql: str, catalog: Catalog) -> Query:
    """Return an Oracle query as a PostgreSQL one, on tables loaded under Oracle's names.

    Raises ``OracleError`` for what Oracle would refuse, ``UnsupportedError`` for what the stand-in cannot say.
    """
    tokens = tokenize(sql)
    check(tokens)
    tree = parse(sql, tokens)
    check_shapes(tree)
    return query(tree, Scope(catalog))
