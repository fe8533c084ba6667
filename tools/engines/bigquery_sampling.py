"""Which rows of a large table are loaded into an evaluator that has neither indexes nor an optimiser."""

from collections.abc import Iterable, Iterator

from ..schema import ForeignKey, Table
from .loading import Plan, Row, Source, chosen

# Scanning costs about 10 microseconds a row, so joining two tables of this size about half a second.
MOST_ROWS = 10_000


def kept_rows(source: Source, plans: Iterable[Plan], most: int = MOST_ROWS) -> dict[str, set[int]]:
    """Return the numbers of the rows to load, for each table that has more than ``most`` of them.

    Such a table keeps every n-th row in the order of its primary key (in the source's order if it has none),
    n being the least that leaves at most ``most`` rows, and beside them each row that a kept row of another
    table refers to. Tables that refer to each other in a circle keep no rows for those decided later.
    """
    by_name = {each.table.name: each for each in plans}
    steps = {name: -(-sum(1 for _ in source.rows(name)) // most) for name in by_name}
    kept: dict[str, set[int]] = {}
    for table in _referring_first([each.table for each in by_name.values()]):
        if steps[table.name] > 1:
            known = [each for each in by_name.values() if steps[each.table.name] <= 1 or each.table.name in kept]
            referred = (_referred(source, each, by_name[table.name], kept) for each in known)
            kept[table.name] = _every(steps[table.name], source, by_name[table.name]).union(*referred)
    return kept


def _referring_first(tables: list[Table]) -> Iterator[Table]:
    """Yield the tables, each after those that refer to it as far as that is possible."""
    left = list(tables)
    while left:
        referred = {
            key.referred_table for table in left for key in table.foreign_keys if key.referred_table != table.name
        }
        left.sort(key=lambda table: table.name in referred)  # stable, so the rest stays in the schema's order
        yield left.pop(0)


def _every(step: int, source: Source, plan: Plan) -> set[int]:
    positions = _positions(plan.table, plan.table.primary_key)
    keys = [tuple(row[at] for at in positions) for row in plan.rows(source)]
    in_order = sorted(range(len(keys)), key=keys.__getitem__) if positions else range(len(keys))
    return set(in_order[::step])


def _referred(source: Source, referring: Plan, to: Plan, kept: dict[str, set[int]]) -> set[int]:
    """Return the numbers of the rows of ``to`` that the kept rows of ``referring`` refer to."""
    found: set[int] = set()
    for key in referring.table.foreign_keys:
        if key.referred_table == to.table.name:
            wanted = _keys(source, referring, key, kept.get(referring.table.name))
            at = _positions(to.table, key.referred_columns)
            found |= {n for n, row in enumerate(to.rows(source)) if tuple(row[i] for i in at) in wanted}
    return found


def _keys(source: Source, plan: Plan, key: ForeignKey, kept: set[int] | None) -> set[Row]:
    at = _positions(plan.table, key.columns)
    return {tuple(row[i] for i in at) for row in chosen(plan.rows(source), kept)}


def _positions(table: Table, columns: tuple[str, ...]) -> tuple[int, ...]:
    names = [column.name for column in table.columns]
    return tuple(names.index(column) for column in columns)
