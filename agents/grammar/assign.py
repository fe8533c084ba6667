"""Choosing tables and columns of a schema for a template's slots."""

import random
import re
from collections.abc import Iterator
from itertools import product

from ...tools.schema import Column, ColumnType, Schema, Table
from ..verbalise.naming import column_kind, column_phrase
from .slots import Slot, Slots

_NOT_ADDITIVE = re.compile(
    r"degree|percent|\bper\b|rate|ratio|price|altitude|height|pressure|temp|humid|speed|\bage\b|score|rating|averag|visib|offset|\bshare\b|fraction"
)
_NAMES_ONE = re.compile(r"(^|_)(name|title|email|phone|address|url)$", re.IGNORECASE)
_CODE = re.compile(r"\b(code|codes|flag|id|number)\b")
_DRAWS = 8  # draws per choice of tables before another is tried
Assignment = dict[str, tuple[Table, dict[str, Column]]]

_NOT_A_MEASURE = re.compile(
    r"(^|[ _])(id|year|month|day|hour|minute|week|code|number|num|no|zip|postcode|phone|lat|latitude|lon"
    r"|longitude|tz|zone|flag|key|hhmm|time|rank|direction)([ _]|$)"
)


def is_measure(column: Column) -> bool:
    """Return whether summing or averaging a numeric column makes sense: not an ID, code, year or coordinate."""
    names = f"{column.name.lower()} {re.sub(r'[()]', ' ', (column.comment or '').lower())}"
    words = re.sub(r" in \w+( per \w+)?", "", names)
    timed = re.search(r"\btime in \w+", names) is not None
    return column_kind(column) == "number" and (timed or not _NOT_A_MEASURE.search(words))


def is_additive(column: Column) -> bool:
    """Return whether a total of the column means something: not of temperatures, shares, speeds or heights."""
    return not _NOT_ADDITIVE.search(f"{column.name} {column.comment or ''}".lower())


def assign(slots: Slots, schema: Schema, rng: random.Random) -> Assignment | None:
    """Return tables and columns for all slots, drawn by ``rng`` from those that fit, or None if none does."""
    choices = list(_table_choices(slots, schema))
    rng.shuffle(choices)
    choices.sort(key=lambda tables: -len({t.name for t in tables.values()}) + rng.random())
    for tables in choices:
        for _ in range(_DRAWS):
            keys = _assign_keys(slots, tables, rng)
            assignment = None if keys is None else _assign_columns(slots, tables, keys, rng)
            if assignment is None:
                break
            alike = all(_same_unit(*pair, assignment) for pair in slots.alike)
            if alike and all(_same_meaning(*pair, assignment) for pair in slots.paired):
                return assignment
    return None


def _same_meaning(first: Slot, second: Slot, assignment: Assignment) -> bool:
    """Return whether two columns of a set operation hold the same kind of thing: one column, or linked by keys."""
    (one, ones), (other, others) = assignment[first[0]], assignment[second[0]]
    left, right = ones[first[1]], others[second[1]]
    if one.name == other.name or not first[1].startswith(("text", "key")):
        return left.name == right.name
    return (
        bool({_identity(one, left.name)} & {_identity(other, right.name)})
        or column_phrase(left).text == column_phrase(right).text
    )


def _same_unit(first: Slot, second: Slot, assignment: Assignment) -> bool:
    """Return whether two columns can be compared or subtracted: both in euros, both dates; not euros and shares."""
    one, other = (column_phrase(assignment[table][1][name]) for table, name in (first, second))
    return one.kind == other.kind and one.unit == other.unit


def _identity(table: Table, column: str) -> tuple[str, str]:
    """Return the table and column that a column's values identify: what its foreign key refers to, or itself."""
    for key in table.foreign_keys:
        if key.columns == (column,):
            return key.referred_table, key.referred_columns[0]
    return table.name, column


def _table_choices(slots: Slots, schema: Schema) -> Iterator[dict[str, Table]]:
    names = list(slots.columns)
    linked = {frozenset((a[0], b[0])) for a, b in slots.links | slots.listed}
    for tables in product(schema.tables, repeat=len(names)):
        chosen = dict(zip(names, tables, strict=True))
        if all(_related(*(chosen[t] for t in sorted(pair))) for pair in linked if len(pair) == 2):
            yield chosen


def _related(one: Table, other: Table) -> bool:
    refers = any(k.referred_table == other.name for k in one.foreign_keys)
    shared = {k.referred_table for k in one.foreign_keys} & {k.referred_table for k in other.foreign_keys}
    return (
        refers
        or any(k.referred_table == one.name for k in other.foreign_keys)
        or one.name == other.name
        or bool(shared)
    )


def _assign_keys(slots: Slots, tables: dict[str, Table], rng: random.Random) -> dict[Slot, str] | None:
    keys: dict[Slot, str] = {}
    for first, second in sorted(slots.links | slots.listed):
        pairs = _key_pairs(tables[first[0]], tables[second[0]], listed=(first, second) in slots.listed)
        rng.shuffle(pairs)
        for one, other in pairs:
            if (
                not _one_row_a_group(slots, tables, (first, one), (second, other))
                and keys.get(first, one) == one
                and keys.get(second, other) == other
                and _free(keys, first, one, second, other)
            ):
                keys[first], keys[second] = one, other
                break
        else:
            return None
    return keys


def _one_row_a_group(slots: Slots, tables: dict[str, Table], *sides: tuple[Slot, str]) -> bool:
    """Grouping a table by its own primary key, with nothing joined, gives every row back."""
    return any(
        "alone" in slots.columns[slot[0]][slot[1]] and (key,) == tables[slot[0]].primary_key for slot, key in sides
    )


def _free(keys: dict[Slot, str], first: Slot, one: str, second: Slot, other: str) -> bool:
    """Two different slots of one table slot must be two different columns."""
    taken = {(slot[0], column) for slot, column in keys.items() if slot not in (first, second)}
    distinct = first == second or first[0] != second[0] or one != other
    return (first[0], one) not in taken and (second[0], other) not in taken and distinct


def _key_pairs(one: Table, other: Table, listed: bool) -> list[tuple[str, str]]:
    pairs = [
        (a, b)
        for k in one.foreign_keys
        if k.referred_table == other.name and len(k.columns) == 1
        for a, b in zip(k.columns, k.referred_columns, strict=True)
    ]
    pairs += [
        (b, a)
        for k in other.foreign_keys
        if k.referred_table == one.name and len(k.columns) == 1
        for a, b in zip(k.columns, k.referred_columns, strict=True)
    ]
    if one.name == other.name:
        own = one.primary_key if listed or len(one.primary_key) > 1 else ()  # joined by it, a row meets only itself
        pairs += [(c, c) for c in (*own, *(k.columns[0] for k in one.foreign_keys if len(k.columns) == 1))]
    if not pairs and listed:
        pairs = [
            (a.columns[0], b.columns[0])
            for a in one.foreign_keys
            for b in other.foreign_keys
            if a.referred_table == b.referred_table and len(a.columns) == len(b.columns) == 1
        ]
    return pairs


def _assign_columns(
    slots: Slots, tables: dict[str, Table], keys: dict[Slot, str], rng: random.Random
) -> Assignment | None:
    assignment: Assignment = {}
    for slot, wanted in slots.columns.items():
        table = tables[slot]
        chosen = {name: table.column(keys[slot, name]) for name in wanted if (slot, name) in keys}
        for name, roles in sorted(wanted.items(), key=lambda item: "measure" not in item[1]):
            if name in chosen:
                continue
            taken = {c.name for c in chosen.values()}
            options = [c for c in _candidates(table, name.split("_")[0], roles) if c.name not in taken]
            options = _fitting(options, table, roles)
            if "alone" in roles:
                options = [c for c in options if not _NAMES_ONE.search(c.name)]  # one row a group says nothing
            if not options:
                return None
            chosen[name] = rng.choice(options)
        assignment[slot] = (table, chosen)
    return assignment


def _fitting(options: list[Column], table: Table, roles: set[str]) -> list[Column]:
    """Narrow columns to those that what is computed of them suits: times of day, fractions, texts of words."""
    if "timed" in roles:
        options = [c for c in options if c.type is not ColumnType.DATE]
    if "fractional" in roles:
        options = [c for c in options if column_kind(c) != "number" or c.type is not ColumnType.INTEGER]
    if "worded" in roles:
        keyed = {*table.primary_key, *(column for key in table.foreign_keys for column in key.columns)}
        codes = [c for c in options if c.name in keyed or _CODE.search(f"{c.name} {c.comment or ''}".lower())]
        options = [c for c in options if c not in codes or column_kind(c) != "text"]
    return options


def _candidates(table: Table, kind: str, roles: set[str]) -> list[Column]:
    keyed = set(table.primary_key) | {c for k in table.foreign_keys for c in k.columns}
    if kind == "key":
        foreign = [c for c in table.columns if any(c.name in k.columns for k in table.foreign_keys)]
        own = [c for c in table.columns if (c.name,) == table.primary_key]
        return (
            foreign if "group" in roles and foreign else foreign + own or [c for c in table.columns if c.name in keyed]
        )
    if kind == "text":
        unique = table.primary_key if len(table.primary_key) == 1 and "group" in roles else ()
        texts = [c for c in table.columns if c.type is ColumnType.TEXT and c.name not in unique]
        if "collected" in roles:
            texts += [
                c for c in table.columns if c.type is ColumnType.INTEGER and not is_measure(c) and c.name not in keyed
            ]
        return texts
    if kind == "flag" and "shown" not in roles and not any(column_kind(c) == "flag" for c in table.columns):
        return _candidates(table, "text", roles)  # where nothing is true or false, a compared category will do
    if kind == "number":
        numbers = [c for c in table.columns if column_kind(c) == "number" and c.name not in keyed]
        measures = [c for c in numbers if is_measure(c) and ("summed" not in roles or is_additive(c))]
        if "measure" in roles:
            return measures
        return [c for c in numbers if c not in measures] or numbers if "group" in roles else measures * 2 + numbers
    return [c for c in table.columns if column_kind(c) == kind]
