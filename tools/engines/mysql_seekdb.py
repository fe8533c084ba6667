"""What seekdb accepts though MySQL does not, refused with MySQL's own errors; and what only MySQL accepts.

Messages: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

import re
from collections.abc import Callable
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from ..parsing import parse
from .mysql_rules import MysqlError, syntax_error
from .session import UnsupportedError

# seekdb's functions that are not among https://dev.mysql.com/doc/refman/8.4/en/built-in-function-reference.html
_FOREIGN_FUNCTIONS = frozenset(
    """
    ai_complete ai_embed ai_prompt ai_rerank approx_count_distinct approx_count_distinct_synopsis array array_agg
    array_append array_compact array_concat array_contains array_contains_all array_distinct array_except array_filter
    array_first array_intersect array_length array_map array_max array_min array_overlaps array_position array_prepend
    array_remove array_slice array_sort array_sum array_to_string cardinality cosine_distance decode des_decrypt
    des_encrypt dump element_at encode encrypt generator get_path host_ip hybrid_hist inner_product json_append
    json_query l2_distance lnnvl map map_keys map_values mysql_port normal nvl ob_version pad password percentile_cont
    random randstr rpc_port sm3 sm4_decrypt sm4_encrypt split_part sql_mode_convert string_to_array tokenize
    top_k_fre_hist try_cast uniform unnest url_decode url_encode vector_dims vector_distance vector_norm zipf
    """.split()
)


_QUERY_COMES_NEXT = (TokenType.L_PAREN, TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT, TokenType.ALL)
# Only these can hide what needs a syntax tree to be seen.
_SUSPECT = re.compile(r"\b(?:full|distinct)\b|\(\s*(?:select|with|values|table|\()", re.IGNORECASE)


def raise_if_not_mysql(sql: str) -> None:
    """Raise ``MysqlError`` for what seekdb alone accepts, ``UnsupportedError`` for what MySQL alone accepts.

    What sqlglot cannot read is left to seekdb.
    """
    try:
        _check_tokens(sql, sqlglot.tokenize(sql, read="mysql"))
        tree = parse(sql, "mysql") if _SUSPECT.search(sql) else None
    except (SqlglotError, RecursionError):
        return
    if tree:
        for node in tree.walk():
            if check := _CHECKS.get(type(node)):
                check(node)


def reclassified(error: MysqlError) -> Exception:
    """Return ``UnsupportedError`` for a function that only seekdb does not know: it lacks most spatial ones."""
    missing = error.code == 1305 and re.match(r"FUNCTION (?:\w+\.)?((?:st_|mbr)\w+)", str(error), re.IGNORECASE)
    return UnsupportedError(f"seekdb lacks {missing[1]}()") if missing else error


def _check_tokens(sql: str, tokens: list[Token]) -> None:
    if tokens and tokens[0].token_type is TokenType.TABLE:
        raise UnsupportedError("seekdb has no TABLE statement")
    for token, following in pairwise(tokens):
        if following.token_type is TokenType.TABLE and token.token_type in _QUERY_COMES_NEXT:
            raise UnsupportedError("seekdb has no TABLE statement")
        if token.token_type is TokenType.L_BRACKET:
            raise syntax_error(sql[token.start :])
        if following.token_type is TokenType.L_PAREN and token.text.lower() in _FOREIGN_FUNCTIONS:
            raise MysqlError(1305, f"FUNCTION {token.text} does not exist")
        if token.text.upper() == "MINUS" and following.token_type in (TokenType.SELECT, TokenType.L_PAREN):
            raise syntax_error(sql[token.start :])


def _check_join(join: exp.Expr) -> None:
    """FULL is an alias in MySQL, so ``a FULL JOIN b`` names table ``a`` anew, and no table has two aliases."""
    if join.text("side").upper() != "FULL":
        return
    left = _left_of(join)
    if join.text("kind") or join.text("method") or not isinstance(left, exp.Table) or left.alias:
        raise syntax_error(join.sql("mysql"))
    condition = join.args.get("on")
    for column in condition.find_all(exp.Column) if condition else ():
        if column.table.lower() == left.name.lower():
            raise MysqlError(1054, f"Unknown column '{column.sql('mysql')}' in 'on clause'")
    raise UnsupportedError("FULL is a table's alias in MySQL, a kind of join in seekdb")


def _left_of(join: exp.Expr) -> exp.Expr | None:
    query = join.parent
    before = join.index - 1 if query and join.index else -1
    clause = query.args["joins"][before] if query and before >= 0 else query and query.args.get("from_")
    return clause.this if clause else None


def _check_derived_table(subquery: exp.Expr) -> None:
    is_table = isinstance(subquery.parent, exp.From | exp.Join | exp.Lateral) and isinstance(subquery.this, exp.Query)
    named = subquery.parent if isinstance(subquery.parent, exp.Lateral) else subquery
    if is_table and not named.alias:
        raise MysqlError(1248, "Every derived table must have its own alias")


def _check_limit(predicate: exp.Expr) -> None:
    subquery = predicate.args.get("query") or predicate.this
    if isinstance(subquery, exp.Subquery) and subquery.unnest().args.get("limit"):
        raise MysqlError(1235, "This version of MySQL doesn't yet support 'LIMIT & IN/ALL/ANY/SOME subquery'")


def _check_distinct(select: exp.Expr) -> None:
    """ONLY_FULL_GROUP_BY also wants what orders distinct rows among them (…/8.4/en/group-by-handling.html)."""
    order = select.args.get("order")
    if not select.args.get("distinct") or not order or select.find(exp.Star):
        return
    selected = {name.lower() for item in select.expressions for name in (item.alias_or_name, item.unalias().name)}
    said = {item.unalias().sql("mysql").lower() for item in select.expressions}
    for n, ordered in enumerate(order.expressions, 1):
        if ordered.this.sql("mysql").lower() not in said:
            for column in ordered.find_all(exp.Column):
                if column.name.lower() not in selected:
                    raise MysqlError(3065, _NOT_SELECTED.format(n, column.name))


_NOT_SELECTED = (
    "Expression #{} of ORDER BY clause is not in SELECT list, references column '{}' which is not in SELECT list; "
    "this is incompatible with DISTINCT"
)
_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Join: _check_join,
    exp.Subquery: _check_derived_table,
    exp.In: _check_limit,
    exp.Any: _check_limit,
    exp.All: _check_limit,
    exp.Select: _check_distinct,
}
