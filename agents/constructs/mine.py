"""Mining constructs from tutorial examples: the expression, predicate or clause that shows a keyword."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...tools.literals import COMPARISONS, PATTERNS
from ...tools.parsing import parse
from ...tools.render import render
from ..verbalise.selection import aggregates
from .neutral import neutralise

_FENCE = re.compile(r"```sql\s*\n(.*?)```", re.DOTALL)
_KEYWORDS = re.compile(r"^Keywords:\s*(.+)$", re.MULTILINE)
_COMMON = {
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "ORDER BY",
    "GROUP BY",
    "WHERE",
    "HAVING",
    "OVER",
    "AND",
    "OR",
    "NOT",
    "DISTINCT",
    "LIMIT",
    "OFFSET",
    "LIKE",
    "IN",
    "DATE",
    "TRUE",
    "FALSE",
    "CASE",
    "UNION",
    "JOIN",
    "CAST",
    "::",
}
_PSEUDO = {"LEVEL", "ROWNUM", "ROWID", "SYSDATE", "SYSTIMESTAMP", "CONNECT_BY_ISLEAF", "CONNECT_BY_ISCYCLE"}
_DATE = re.compile(r"(^|_)(date|day|at|on|time|timestamp|ts|joined|launched|born|created|updated|year_start)$")
_FLAG = re.compile(r"^(is|has)_|^(discontinued|active|enabled)$")
_TEXT = re.compile(
    r"(^|_)(name|email|city|country|category|status|title|type|code|label|text|word)$"
    r"|(^|_)(dept|department|region|state|brand|color|colour)$"
)
_KEY = re.compile(r"(^|_)id$|^referred_by$")

FIRST_NUMBER = 90  # of the slots of a mined construct: those of templates stay below


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct found in an example.

    ``kind`` is figure (an aggregate), scalar, predicate, window or clause; ``node`` is its syntax tree with
    typed slots in place of the example's columns (for a clause: the whole example).
    """

    keyword: str
    kind: str
    node: exp.Expr


def mine(text: str, dialect: str) -> list[Construct]:
    """Return what the snippet ``text`` teaches by its keywords and fenced examples; change copies of it only."""
    return list(_mined(text, dialect))


@lru_cache(maxsize=1024)
def _mined(text: str, dialect: str) -> tuple[Construct, ...]:
    listed = _KEYWORDS.search(text)
    keywords = [k.strip().upper() for k in listed[1].split(",")] if listed else []
    found: list[Construct] = []
    for sql in _FENCE.findall(text):
        for tree in _parsed(sql, dialect):
            for keyword in [k for k in keywords[:2] if k not in _COMMON]:
                found += [Construct(keyword, kind, node) for kind, node in _showing(tree, keyword, dialect)]
    return tuple(found)


def _parsed(sql: str, dialect: str) -> Iterator[exp.Select]:
    try:
        tree = parse(sql.strip().rstrip(";"), dialect)
    except SqlglotError:
        return
    if isinstance(tree, exp.Select):
        yield tree


def _showing(tree: exp.Select, keyword: str, dialect: str) -> Iterator[tuple[str, exp.Expr]]:
    if keyword in CLAUSES and CLAUSES[keyword](tree):
        yield "clause", tree
        return
    for chosen in tree.expressions:
        node = chosen.unalias()
        if _shows(node, keyword, dialect) and _says_something(node):
            kind = "window" if node.find(exp.Window) else "figure" if aggregates(node) else "scalar"
            yield kind, slotted(node)
    where = tree.args.get("where")
    conjuncts = [] if where is None else list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    for node in conjuncts:
        if _shows(node, keyword, dialect) and _says_something(node):
            yield "predicate", slotted(node)


def _says_something(node: exp.Expr) -> bool:
    """A construct speaks of columns or counts rows: what is computed of constants alone says nothing of the data."""
    columns = [column.name.upper() for column in node.find_all(exp.Column)]
    said = bool(columns) or node.find(exp.Count) is not None
    special = any("@" in text.name for text in node.find_all(exp.Literal, exp.RawString))  # made for email addresses
    return said and not special and not set(columns) & _PSEUDO and not node.find(exp.Subquery, exp.Select, exp.Prior)


def _shows(node: exp.Expr, keyword: str, dialect: str) -> bool:
    if len({column.table for column in node.find_all(exp.Column)}) > 1:
        return False  # it speaks of two tables, and a slot belongs to one
    try:
        sql = render(node, dialect).upper()
    except SqlglotError:
        return False
    if re.match(r"^\w", keyword):
        return re.search(rf"(?<!\w){re.escape(keyword)}(?!\w)", sql) is not None
    return keyword in sql


def slotted(node: exp.Expr) -> exp.Expr:
    """Return ``node`` with its columns as typed slots and its compared literals as placeholders."""
    root = exp.Paren(this=node.copy())
    for raw in list(root.find_all(exp.RawString)):
        raw.replace(exp.Literal.string(raw.name))
    neutralise(root)
    names: dict[str, str] = {}
    for column in list(root.find_all(exp.Column)):
        kind = column_kind_of(column.name)
        names.setdefault(column.name, f"{kind}_{FIRST_NUMBER + len(names)}")
        column.replace(exp.column(names[column.name]))
    for number, literal in enumerate(_compared(root), start=FIRST_NUMBER):
        pattern = isinstance(literal.parent, (*PATTERNS, *_SEARCHES))
        literal.replace(exp.Placeholder(this=f"{'pattern' if pattern else 'value'}_{number}"))
    inner: exp.Expr = root.this
    inner.pop()
    return inner


def _compared(root: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for literal in root.find_all(exp.Literal, bfs=False):
        if literal.arg_key == "flag":
            continue
        node = literal.parent
        if literal.this == "0" and not (node is not None and isinstance(node.this, exp.Column)):
            continue  # instr(x, 'e') > 0, x % 2 = 0: part of the construct, not a value to choose
        holder: exp.Expr = literal
        while isinstance(node, exp.Array | exp.Paren | exp.Any | exp.Cast | exp.Neg | exp.Unnest):
            holder = node if isinstance(node, exp.Cast | exp.Neg) else holder
            node = node.parent
        if isinstance(node, (*COMPARISONS, *PATTERNS, *_WITH_A_VALUE)) and node is not root and node.find(exp.Column):
            found += [holder] if not isinstance(node, _WITH_A_VALUE) or _is_word_or_bound(literal, node) else []
    return found


_SEARCHES = (exp.StrPosition, exp.Replace, exp.Contains, exp.StartsWith, exp.EndsWith)
_WITH_A_VALUE = (exp.Least, exp.Greatest, *_SEARCHES)


def _is_word_or_bound(literal: exp.Expr, node: exp.Expr) -> bool:
    """Say whether a function's literal is one of the example's own values: a text looked for, a number compared."""
    if isinstance(node, _SEARCHES):
        sought = literal is node.args.get("substr") or literal is node.expression
        return sought and isinstance(node.this, exp.Column) and bool(re.search(r"\w", literal.name))
    return not literal.is_string


def column_kind_of(name: str) -> str:
    """Guess the kind of an example's column by its name, as a reader of the example would."""
    lowered = name.lower()
    for kind, shape in (("key", _KEY), ("flag", _FLAG), ("date", _DATE), ("text", _TEXT)):
        if shape.search(lowered):
            return kind
    return "number"


def _on(tree: exp.Select) -> bool:
    distinct = tree.args.get("distinct")
    return distinct is not None and distinct.args.get("on") is not None


def _limited(option: str) -> Callable[[exp.Select], bool]:
    def found(tree: exp.Select) -> bool:
        limit = tree.args.get("limit")
        options = limit.args.get("limit_options") if limit is not None else None
        return options is not None and bool(options.args.get(option))

    return found


CLAUSES: dict[str, Callable[[exp.Select], bool]] = {
    "DISTINCT ON": _on,
    "QUALIFY": lambda tree: tree.args.get("qualify") is not None,
    "WITH TIES": _limited("with_ties"),
    "FETCH FIRST": _limited("with_ties"),
    "PERCENT": _limited("percent"),
    "ROWNUM": lambda tree: tree.args["from_"].this.find(exp.Order) is not None,
    "WITH ROLLUP": lambda tree: tree.find(exp.Rollup) is not None,
    "ROLLUP": lambda tree: tree.find(exp.Rollup) is not None,
    "CUBE": lambda tree: tree.find(exp.Cube) is not None,
    "GROUP BY ALL": lambda tree: bool(tree.args.get("group") and tree.args["group"].args.get("all")),
    "WINDOW": lambda tree: bool(tree.args.get("windows")),
    "SEMI JOIN": lambda tree: any(j.kind == "SEMI" or j.side == "SEMI" for j in tree.args.get("joins") or []),
    "ANTI JOIN": lambda tree: any(j.kind == "ANTI" or j.side == "ANTI" for j in tree.args.get("joins") or []),
}
