"""Write a syntax tree as the SQL a person would write: ``x NOT IN (…)``, ``:value_1``."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.tokenizer_core import TokenType

from .dialects import get_dialect
from .parsing import language

_ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_NEGATABLE = (exp.In, exp.Like, exp.ILike, exp.Glob, exp.Between, exp.RegexpLike)
_Writer = Callable[[Generator, Any], str]


def render(tree: exp.Expr, dialect: str, copy: bool = True) -> str:
    """Return ``tree`` as SQL of ``dialect``, on one line, without comments; it is used up unless a ``copy`` is written.

    Differs from ``tree.sql(dialect)`` in five ways: a negation stands where people write it
    (``IS NOT NULL``, ``NOT IN``), a placeholder is ``:name`` and a date literal ``DATE '…'`` in every dialect,
    MySQL's and BigQuery's spans of time are ``INTERVAL 3 DAY``, MySQL's operator is REGEXP, and Oracle's difference
    of sets is MINUS, since it knows EXCEPT from version 21 on only.
    """
    generator = language(dialect).generator_class(dialect=language(dialect), comments=False)
    generator._dispatch = _writers(dialect)  # a subclass would do, but not of compiled classes
    sql = generator.generate(tree, copy=copy)
    return _with_minus(sql) if dialect == "oracle" and tree.find(exp.Except) else sql


@cache
def _writers(dialect: str) -> dict[type[exp.Expr], _Writer]:
    """Return what writes each kind of node: sqlglot's own functions, and ours in the place of some."""
    own: dict[type[exp.Expr], _Writer] = language(dialect).generator_class(dialect=dialect)._dispatch
    ours: dict[type[exp.Expr], _Writer] = {
        exp.Not: _negation,
        exp.DateStrToDate: lambda made, node: f"DATE {made.sql(node, 'this')}",
        exp.Placeholder: lambda _, node: f":{node.name}" if node.this else "?",
    }
    if dialect != "sqlite":
        ours[exp.Cast] = partial(_cast, own[exp.Cast])
    if get_dialect(dialect).bare_spans:
        ours[exp.Interval] = partial(_span, own[exp.Interval])
    if dialect == "mysql":
        ours[exp.RegexpLike] = _regexp
    return own | ours


def _negation(generator: Generator, node: exp.Not) -> str:
    negated = node.this
    if negated.args.get("negate"):  # says NOT already
        return f"NOT {generator.sql(negated)}"
    if isinstance(negated, exp.Is):
        return f"{generator.sql(negated, 'this')} IS NOT {generator.sql(negated, 'expression')}"
    positive, operand = generator.sql(negated), generator.sql(negated, "this")
    if not isinstance(negated, _NEGATABLE) or not positive.startswith(f"{operand} "):
        return f"NOT {positive}"
    return f"{operand} NOT{positive.removeprefix(operand)}"


def _cast(own: _Writer, generator: Generator, node: exp.Cast) -> str:
    written = node.this
    literal = isinstance(written, exp.Literal) and written.is_string and _ISO_DATE.match(written.name)
    if literal and node.is_type(exp.DType.DATE):
        return f"DATE {generator.sql(written)}"
    return own(generator, node)


def _span(own: _Writer, generator: Generator, node: exp.Interval) -> str:
    amount = node.this
    if isinstance(amount, exp.Literal) and amount.name.isdigit():
        node = node.copy()
        node.set("this", exp.Literal.number(amount.name))
    return own(generator, node)


def _regexp(generator: Generator, node: exp.RegexpLike) -> str:
    """Write MySQL's operator; only its function takes flags."""
    flagged = bool(node.args.get("flag"))
    return str(generator.function_fallback_sql(node) if flagged else generator.binary(node, "REGEXP"))


def _with_minus(sql: str) -> str:
    for token in reversed(language("oracle").tokenize(sql)):
        if token.token_type is TokenType.EXCEPT:
            sql = f"{sql[: token.start]}MINUS{sql[token.end + 1 :]}"
    return sql
