"""Judging a pair by rule: the question must mention what the query computes."""

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...tools.literals import missing_literals
from ...tools.parsing import parsed
from ...tools.schema import Schema
from ..verbalise.naming import column_phrase, plural

_WORDS: list[tuple[tuple[type[exp.Expr], ...], tuple[str, ...], str]] = [
    ((exp.Count,), ("number", "how many", "count"), "wrong_aggregate"),
    ((exp.Avg,), ("average", "mean", "share"), "wrong_aggregate"),
    ((exp.Max,), ("highest", "latest", "maximum", "last", "largest", "most"), "wrong_aggregate"),
    ((exp.Min,), ("lowest", "earliest", "minimum", "first", "smallest"), "wrong_aggregate"),
    ((exp.Sum,), ("total", "sum", "number", "running"), "wrong_aggregate"),
    ((exp.Exists,), ("have", "has", "without", "no "), "missing_condition"),
    ((exp.Except,), ("not", "except", "without"), "missing_condition"),
    ((exp.Intersect,), ("also", "both"), "missing_condition"),
]


def judge(question: str, sql: str, rows: list[list[object]], dialect: str, schema: Schema) -> tuple[bool, str, str]:
    """Return (agree, reason, problem class) for a pair and the first rows of its result."""
    try:
        tree = parsed(sql, dialect)
        unsaid = missing_literals(question, sql, dialect)
    except SqlglotError as error:
        return False, f"the query does not parse: {str(error).splitlines()[0]}", "unclear"
    if unsaid:
        return False, f"the question does not mention {', '.join(unsaid)}", "missing_value"
    lowered = question.lower()
    for kinds, words, problem in _WORDS:
        if tree.find(*kinds) and not any(word in lowered for word in words):
            return False, f"the question has no word for {kinds[0].__name__.upper()}", problem
    unnamed = [c.name for c in _shown(tree) if not _names(c, lowered, schema)]
    if unnamed:
        return False, f"the question does not name {', '.join(unnamed)}", "wrong_column"
    if empty := _computed_nothing(tree, rows):
        return False, f"{empty} has no value in any row shown", "unclear"
    if _order_matters(tree) and not any(w in lowered for w in ("sorted", "first", "highest", "lowest", "order")):
        return False, "the question has no word for the order", "wrong_order"
    return True, "every value, column and operation of the query is in the question", "none"


def _computed_nothing(tree: exp.Expr, rows: list[list[object]]) -> str:
    """Return the name of a computed column that is NULL in every row shown, if there are several rows."""
    select = tree if isinstance(tree, exp.Select) else None
    for place, chosen in enumerate(select.expressions if select is not None and len(rows) > 2 else []):
        if chosen.unalias().find(exp.Func) and all(len(row) > place and row[place] is None for row in rows):
            return str(chosen.alias_or_name)
    return ""


def _shown(tree: exp.Expr) -> list[exp.Column]:
    select = tree if isinstance(tree, exp.Select) else tree.find(exp.Select)
    chosen = select.expressions if select is not None else []
    return [p.unalias() for p in chosen if isinstance(p.unalias(), exp.Column)]


def _names(column: exp.Column, question: str, schema: Schema) -> bool:
    known = [c for t in schema.tables for c in t.columns if c.name == column.name]
    if not known:
        return True
    words = [word for c in known for word in column_phrase(c).text.lower().split() if len(word) > 2]
    return any(word in question or plural(word) in question for word in words)


def _order_matters(tree: exp.Expr) -> bool:
    return tree.args.get("order") is not None
