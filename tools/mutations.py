"""A query changed at one place, so that it answers another question; by kind of change.

After the mutation operators for SQL of Tuya, Suárez-Cabal and de la Riva, "Mutating database queries",
Information and Software Technology 49 (2007), and for the mistakes that models make.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from . import mutation_rules as rules
from .dialects import get_dialect
from .mutation_columns import Values, other_columns, other_group_keys, other_join_keys, other_values
from .mutation_rules import Rule, changed
from .parsing import parse
from .render import render
from .schema import Schema

__all__ = ["MUTATIONS", "Mutant", "mutants"]

_RULES: dict[str, tuple[Rule, ...]] = {
    "dropped condition": (rules.drop_where, rules.drop_having, rules.drop_conjunct, rules.drop_filter),
    "flipped comparison": (rules.flip_comparison,),
    "moved bound": (rules.move_bound,),
    "negated condition": (rules.negate,),
    "swapped AND and OR": (rules.swap_connective,),
    "changed literal": (rules.change_literal,),
    "other column": (),
    "changed aggregate": (rules.change_aggregate,),
    "wrong group key": (rules.drop_group_key,),
    "added DISTINCT": (rules.add_distinct, rules.count_distinct),
    "lost DISTINCT": (rules.lose_distinct,),
    "swapped join side": (rules.keep_left, rules.keep_right, rules.keep_pairs_only),
    "wrong join key": (),
    "flipped direction": (rules.flip_direction,),
    "dropped ORDER BY": (rules.drop_order,),
    "dropped LIMIT": (rules.drop_limit,),
    "added LIMIT": (rules.add_limit,),
    "changed LIMIT": (rules.change_limit,),
    "other set operation": (rules.change_set_operation,),
}
MUTATIONS: tuple[str, ...] = tuple(_RULES)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed query and the kind of its change, one of ``MUTATIONS``."""

    mutation: str
    sql: str


def mutants(sql: str, dialect: str, schema: Schema, values: Values) -> Iterator[Mutant]:
    """Yield every query that one change makes of ``sql``, each once, in the order of ``MUTATIONS``.

    ``values(table, column)`` are values that occur in a column, for other literals. A mutant need not run, nor
    give other rows: execute it to know. Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    language = get_dialect(dialect).sqlglot
    tree = parse(sql, language)
    seen = {render(tree, language)}
    for mutation, plain in _RULES.items():
        for rule in (*plain, *_rules_over(schema, dialect, values).get(mutation, ())):
            for mutant in changed(tree, rule):
                text = render(mutant, language)
                if text not in seen:
                    seen.add(text)
                    yield Mutant(mutation, text)


def _rules_over(schema: Schema, dialect: str, values: Values) -> dict[str, tuple[Rule, ...]]:
    """Return the rules that must know the database, by mutation."""
    return {
        "changed literal": (other_values(schema, values),),
        "other column": (other_columns(schema, dialect),),
        "wrong group key": (other_group_keys(schema, dialect),),
        "wrong join key": (other_join_keys(schema, dialect),),
    }
