"""Text: LIKE without regard to case, patterns of GLOB, and functions that elsewhere take text only."""

from sqlglot import exp

from .kinds import Kind, as_text, kind_of
from .target import Target

_TAKE_TEXT = (
    exp.Like,
    exp.ILike,
    exp.Glob,
    exp.Upper,
    exp.Lower,
    exp.Length,
    exp.Substring,
    exp.Trim,
    exp.Replace,
    exp.StrPosition,
    exp.DPipe,
    exp.GroupConcat,
)
_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Ordered)


def use_text(tree: exp.Query, target: Target) -> None:
    """Cast to text what is taken for text: SQLite's functions and patterns read any value as such."""
    for node in list(tree.find_all(*_TAKE_TEXT)):
        for operand in [node.this, node.expression] if isinstance(node, exp.DPipe) else [node.this]:
            operand = operand.this if isinstance(operand, exp.Order) else operand
            operand = operand.expressions[0] if isinstance(operand, exp.Distinct) else operand
            if kind_of(operand) not in (Kind.TEXT, Kind.UNKNOWN):
                operand.replace(as_text(operand, target.dialect))


def cut_from_the_end(tree: exp.Query, target: Target) -> None:
    """Say RIGHT for SUBSTR from the end in PostgreSQL, where a place before the first counts as well."""
    for node in list(tree.find_all(exp.Substring)) if target.dialect == "postgres" else []:
        start = node.args.get("start")
        if isinstance(start, exp.Neg) and isinstance(start.this, exp.Literal) and node.args.get("length") is None:
            node.replace(exp.Right(this=node.this.copy(), expression=start.this.copy()))


def say_empty_text(tree: exp.Query, target: Target) -> None:
    """Say IS NULL for a comparison with empty text in Oracle, where that is NULL."""
    for node in list(tree.find_all(exp.EQ, exp.NEQ)) if target.dialect == "oracle" else []:
        text = node.expression
        if isinstance(text, exp.Literal) and text.is_string and not text.name:
            missing: exp.Expr = exp.Is(this=node.this.copy(), expression=exp.Null())
            node.replace(missing if isinstance(node, exp.EQ) else exp.Not(this=missing))


def match_any_case(tree: exp.Query, target: Target) -> None:
    """Match LIKE without regard to case, as SQLite does for ASCII (https://sqlite.org/lang_expr.html#like)."""
    dialect = target.dialect
    for node in list(tree.find_all(exp.Like)):
        pattern = node.expression
        if isinstance(pattern, exp.Literal):
            _keep_backslashes(pattern, dialect)
            if pattern.name.lower() == pattern.name.upper():
                continue
        if dialect in ("postgres", "duckdb"):
            node.replace(exp.ILike(this=node.this.copy(), expression=pattern.copy(), negate=node.args.get("negate")))
        elif dialect in ("bigquery", "oracle"):
            node.set("this", exp.Lower(this=node.this.copy()))
            literal = isinstance(pattern, exp.Literal)
            node.set(
                "expression", exp.Literal.string(pattern.name.lower()) if literal else exp.Lower(this=pattern.copy())
            )


def _keep_backslashes(pattern: exp.Literal, dialect: str) -> None:
    """Double the backslashes of a pattern where they escape what follows; in SQLite they do only if ESCAPE says so."""
    if dialect in ("postgres", "mysql", "bigquery") and not isinstance(pattern.find_ancestor(exp.Escape), exp.Escape):
        pattern.set("this", pattern.name.replace("\\", "\\\\"))


def spell_globs(tree: exp.Query, target: Target) -> None:
    """Say GLOB, which regards case, with LIKE, unless its pattern has classes of characters."""
    for node in list(tree.find_all(exp.Glob)) if target.dialect != "duckdb" else []:
        pattern = node.expression
        if not isinstance(pattern, exp.Literal) or "[" in pattern.name:
            continue
        said = pattern.name.replace("%", r"\%").replace("_", r"\_").replace("*", "%").replace("?", "_")
        regarded = binary(node.this.copy()) if target.dialect == "mysql" else node.this.copy()
        like: exp.Expr = exp.Like(this=regarded, expression=exp.Literal.string(said))
        if target.dialect == "oracle" and "\\" in said:  # which has no escape unless one is named
            like = exp.Escape(this=like, expression=exp.Literal.string("\\"))
        node.replace(like)


def regard_case(tree: exp.Query, target: Target) -> None:
    """Compare and order text byte by byte, as SQLite does, where MySQL would not tell ``a`` from ``A `` (exactly)."""
    if target.dialect != "mysql" or not target.exact:
        return
    for node in list(tree.find_all(*_COMPARING)):
        if kind_of(node.this) is Kind.TEXT and isinstance(node.this, exp.Column):
            select = node.find_ancestor(exp.Select)
            grouped = select is not None and (select.args.get("group") or select.args.get("distinct"))
            if not (isinstance(node, exp.Ordered) and grouped):
                node.this.replace(binary(node.this.copy()))


def binary(text: exp.Expr) -> exp.Expr:
    """Return MySQL's ``text`` as bytes, typed as the text it is."""
    cast = exp.Cast(this=text, to=exp.DataType.build("BINARY", dialect="mysql", udt=True))
    cast.type = "TEXT"
    return cast


def ignore_case_of_nocase(tree: exp.Query, target: Target) -> None:
    """Compare without regard to case where the query says COLLATE NOCASE."""
    for node in list(tree.find_all(exp.Collate)):
        if node.expression.name.upper() != "NOCASE":
            continue
        parent = node.parent
        node.replace(exp.Lower(this=node.this.copy()))
        if isinstance(parent, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE):
            other = parent.expression if not isinstance(parent.expression, exp.Lower) else parent.this
            if not isinstance(other, exp.Lower):
                other.replace(exp.Lower(this=other.copy()))
