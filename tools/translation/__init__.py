"""From SQLite to another dialect: rewrites of the syntax tree, with the schema at hand, that keep a query's rows."""

from sqlglot import exp

from ..dialects import get_dialect
from ..render import render
from ..schema import Schema
from .comparisons import compare_like_with_like
from .functions import compare_rows, filter_by_case, say_dates, say_moments, say_totals
from .grouping import settle_bare_columns
from .joins import (
    cross_join_unconditionally,
    first_of_many,
    join_on_what_is_there,
    keep_order_of_set_operations,
    read_from_dual,
)
from .numbers import average_precisely, calculate_with_numbers, cast_as_sqlite, divide_as_sqlite, round_decimals
from .ordering import order_nulls_first, order_what_is_distinct
from .resolution import UntranslatableError, resolved, with_names_of
from .results import name_results_apart
from .target import Target
from .texts import (
    cut_from_the_end,
    ignore_case_of_nocase,
    match_any_case,
    regard_case,
    say_empty_text,
    spell_globs,
    use_text,
)
from .truth import calculate_with_conditions, condition_on_conditions, tell_nulls_apart

__all__ = ["UntranslatableError", "translate"]

_RULES = (
    say_dates,
    say_moments,
    say_totals,
    filter_by_case,
    compare_rows,
    cast_as_sqlite,
    calculate_with_conditions,
    condition_on_conditions,
    tell_nulls_apart,
    calculate_with_numbers,
    compare_like_with_like,
    use_text,
    divide_as_sqlite,
    average_precisely,
    round_decimals,
    cut_from_the_end,
    say_empty_text,
    match_any_case,
    spell_globs,
    ignore_case_of_nocase,
    join_on_what_is_there,
    cross_join_unconditionally,
    keep_order_of_set_operations,
    order_what_is_distinct,
    settle_bare_columns,
    regard_case,
    first_of_many,
    read_from_dual,
    order_nulls_first,
    name_results_apart,
)


def translate(sql: str, schema: Schema, dialect: str, exact: bool = False) -> str:
    """Return SQLite's ``sql`` over ``schema``, as the target engine holds it, in ``dialect``.

    ``exact`` also writes what people would only to get SQLite's very behaviour, such as the number that a text begins
    with. Raises ``UntranslatableError`` for what is not one query and sqlglot's errors for what does not parse or
    resolve.
    """
    tree: exp.Query = resolved(sql, schema)
    target = Target(dialect, schema, exact)
    for rule in _RULES:
        rule(tree, target)
    return render(with_names_of(tree, schema, dialect), get_dialect(dialect).sqlglot)
