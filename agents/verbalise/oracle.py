"""Oracle's own ways of writing what other dialects have clauses for, brought to the common form before it is said."""

from sqlglot import exp
from sqlglot.transforms import eliminate_join_marks

from ...tools.parsing import parse


def in_common_form(query: exp.Expr) -> exp.Expr:
    """Return ``query`` with ``(+)`` as the outer join and a bound on ROWNUM as the LIMIT that it is.

    ROWNUM counts the rows of a subquery in its order; only a query that hands on all of them is changed
    (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ROWNUM-Pseudocolumn.html).
    """
    if any(column.args.get("join_mark") for column in query.find_all(exp.Column)):
        # read anew: the rewriting writes the side of a join in a form that the parser does not
        query = parse(eliminate_join_marks(query).sql(dialect="oracle"), "oracle")
    bound = _bound(query) if isinstance(query, exp.Select) else None
    if bound is None:
        return query
    inner: exp.Select = query.args["from_"].this.this
    return inner.copy().limit(bound, copy=False)


def _bound(query: exp.Select) -> int | None:
    """Return n of ``SELECT all columns FROM (…) WHERE ROWNUM <= n``, None for any other query."""
    extra = [name for name, value in query.args.items() if value and name not in ("expressions", "from_", "where")]
    where, source = query.args.get("where"), query.args.get("from_")
    if extra or where is None or source is None or not isinstance(source.this, exp.Subquery):
        return None
    inner, condition = source.this.this, where.this
    if not isinstance(inner, exp.Select) or inner.args.get("limit") or inner.named_selects != query.named_selects:
        return None
    if not isinstance(condition, exp.LTE | exp.EQ) or condition.this.name.upper() != "ROWNUM":
        return None
    number = condition.expression
    if not isinstance(number, exp.Literal) or (isinstance(condition, exp.EQ) and number.this != "1"):
        return None
    return int(number.this) if all(isinstance(chosen, exp.Column) for chosen in query.expressions) else None
