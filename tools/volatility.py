"""What no order of rows can make deterministic: volatile functions, and lists that SQLite collects unsorted."""

from sqlglot import exp

from .dialects import get_dialect
from .parsing import parsed
from .row_keys import first_item, read_query

# Aggregates whose value hangs on the order in which rows reach them.
COLLECTING = (
    exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg, exp.JSONObjectAgg,
    exp.AnyValue, exp.First, exp.Last, exp.ArgMax, exp.ArgMin, exp.Mode,
)  # fmt: skip
_COLLECTING_NAMES = {"JSON_GROUP_ARRAY", "JSON_GROUP_OBJECT", "JSONB_AGG", "JSONB_OBJECT_AGG", "XMLAGG"}

_VOLATILE = (
    exp.Rand, exp.Uuid, exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentDatetime,
    exp.Localtimestamp, exp.Localtime, exp.TableSample,
)  # fmt: skip
_VOLATILE_NAMES = {
    "RANDOM", "RANDOMBLOB", "RANDOM_NORMAL", "SETSEED", "UUID", "UUIDV4", "UUIDV7", "GEN_RANDOM_UUID",
    "NOW", "TODAY", "CLOCK_TIMESTAMP", "STATEMENT_TIMESTAMP", "TRANSACTION_TIMESTAMP", "TIMEOFDAY",
    "GET_CURRENT_TIMESTAMP", "GET_CURRENT_TIME", "CHANGES", "TOTAL_CHANGES", "LAST_INSERT_ROWID", "NEXTVAL",
    "TXID_CURRENT", "PG_BACKEND_PID",
}  # fmt: skip
_NOW_IF_ALONE = {"DATE": 0, "TIME": 0, "DATETIME": 0, "JULIANDAY": 0, "UNIXEPOCH": 0, "AGE": 1}


def volatile(sql: str, dialect: str) -> bool:
    """Return whether ``sql`` calls something whose value changes between executions, such as ``random()``.

    Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    own = get_dialect(dialect).volatile
    return any(_is_volatile(node, own) for node in parsed(sql, dialect).walk())


def _is_volatile(node: exp.Expr, own: frozenset[str]) -> bool:
    if isinstance(node, exp.Literal):  # SQLite's date('now'), PostgreSQL's 'now'::date
        inside_call = isinstance(node.parent, exp.Func | exp.Cast)
        return node.is_string and node.name.lower() in ("now", "today") and inside_call
    if isinstance(node, exp.Anonymous):
        name = node.name.upper()
        return name in _VOLATILE_NAMES | own or _NOW_IF_ALONE.get(name) == len(node.expressions)
    empty = isinstance(node, exp.Date | exp.Time) and not any(node.args.values())
    return isinstance(node, _VOLATILE) or empty


def arbitrary(sql: str, dialect: str) -> bool:
    """Return whether a list is collected from unsorted rows where the dialect has nothing to decide its order.

    Before 3.44 SQLite has no ORDER BY inside an aggregate (https://sqlite.org/lang_aggfunc.html#aggorderby).
    Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    if get_dialect(dialect).ordered_lists:
        return False
    nodes = [node for node in parsed(sql, dialect).walk() if is_collecting(node)]
    return any(not (is_fed_in_order(node) or is_windowed(node)) for node in nodes)


def is_collecting(node: exp.Expr) -> bool:
    """Return whether ``node`` is an aggregate whose value hangs on the order of its rows."""
    named = isinstance(node, exp.Anonymous) and node.name.upper() in _COLLECTING_NAMES
    return named or isinstance(node, COLLECTING)


def is_windowed(node: exp.Expr) -> bool:
    """Return whether the aggregate ``node`` is called as a window function."""
    around = node.parent
    while isinstance(around, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
        around = around.parent
    return isinstance(around, exp.Window)


def is_fed_in_order(node: exp.Expr) -> bool:
    """Return whether the query that ``node`` aggregates over is sorted, which engines keep to."""
    select = node.find_ancestor(exp.Select)
    item = first_item(select) if select is not None and not select.args.get("joins") else None
    query = read_query(item) if item is not None else None
    return query is not None and query.args.get("order") is not None
