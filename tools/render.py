"""Write a syntax tree as the SQL a person would write: ``x NOT IN (…)``, ``:value_1``."""

import re
from functools import lru_cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator

from .dialects import get_dialect

_ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_NEGATABLE = (exp.In, exp.Like, exp.ILike, exp.Glob, exp.Between, exp.RegexpLike)


def render(tree: exp.Expr, dialect: str) -> str:
    """Return ``tree`` as SQL of ``dialect``, on one line, without comments.

    Differs from ``tree.sql(dialect)`` in five ways: a negation stands where people write it
    (``IS NOT NULL``, ``NOT IN``), a placeholder is ``:name`` and a date literal ``DATE '…'`` in every dialect,
    MySQL's and BigQuery's spans of time are ``INTERVAL 3 DAY``, MySQL's operator is REGEXP, and Oracle's difference
    of sets is MINUS, since it knows EXCEPT from version 21 on only.
    """
    return _generator_class(dialect)(dialect=dialect, comments=False).generate(tree)


def _with_regexp(generator: Generator, node: exp.RegexpLike) -> str:
    """Write MySQL's operator; only its function takes flags."""
    flagged = bool(node.args.get("flag"))
    return str(generator.function_fallback_sql(node) if flagged else generator.binary(node, "REGEXP"))


@lru_cache
def _generator_class(dialect: str) -> type[Generator]:
    base = Dialect.get_or_raise(dialect).generator_class

    class Natural(base):  # type: ignore[misc, valid-type]
        """``base`` with natural negations and one form of placeholder."""

        TRANSFORMS = {kind: write for kind, write in base.TRANSFORMS.items() if kind is not exp.DateStrToDate}
        if dialect == "mysql":
            TRANSFORMS[exp.RegexpLike] = _with_regexp

        def not_sql(self, expression: exp.Not) -> str:
            negated = expression.this
            if negated.args.get("negate"):  # says NOT already
                return f"NOT {self.sql(negated)}"
            if isinstance(negated, exp.Is):
                return f"{self.sql(negated, 'this')} IS NOT {self.sql(negated, 'expression')}"
            positive, operand = self.sql(negated), self.sql(negated, "this")
            if not isinstance(negated, _NEGATABLE) or not positive.startswith(f"{operand} "):
                return f"NOT {positive}"
            return f"{operand} NOT{positive.removeprefix(operand)}"

        def datestrtodate_sql(self, expression: exp.DateStrToDate) -> str:
            return f"DATE {self.sql(expression, 'this')}"

        def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
            written = expression.this
            literal = isinstance(written, exp.Literal) and written.is_string and _ISO_DATE.match(written.name)
            if literal and expression.is_type(exp.DType.DATE) and dialect != "sqlite" and safe_prefix is None:
                return f"DATE {self.sql(written)}"
            return str(super().cast_sql(expression, safe_prefix))

        def interval_sql(self, expression: exp.Interval) -> str:
            amount = expression.this
            if get_dialect(dialect).bare_spans and isinstance(amount, exp.Literal) and amount.name.isdigit():
                expression = expression.copy()
                expression.set("this", exp.Literal.number(amount.name))
            return str(super().interval_sql(expression))

        def set_operation(self, expression: exp.SetOperation) -> str:
            said = str(super().set_operation(expression))
            return f"MINUS{said.removeprefix('EXCEPT')}" if dialect == "oracle" and said.startswith("EXCEPT") else said

        def placeholder_sql(self, expression: exp.Placeholder) -> str:
            return f":{expression.name}" if expression.this else "?"

    return Natural
