"""WikiSQL: questions whose gold is a structure, over the tables of their split.

Format: https://github.com/salesforce/WikiSQL#content-and-format; the lists of operators are those of its
``lib/query.py``, and conditions become numbers as in its ``lib/dbengine.py``. That evaluation lower-cases the cells of
its own database and the values of the conditions. Here both keep their letters, and the columns compare without
regard to case (``COLLATE NOCASE``, of ASCII letters only), so that gold and predictions find the same rows. The names
of the columns are the headers, where WikiSQL's own database has ``col0``, ``col1``, ….
"""

import re
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..identifiers import quoted
from .entries import Entry
from .question import Problem, Question
from .wikisql_tables import WikiTable, number, read_tables, wikisql_database

_AGGREGATES = ("", "MAX", "MIN", "COUNT", "SUM", "AVG")
_OPERATORS = ("=", ">", "<")
_FIRST_NUMBER = re.compile(r"[-+]?\d*\.\d+|\d+")


def is_wikisql(entry: Entry) -> bool:
    """Tell whether an entry is of WikiSQL: a table, and a query as a structure."""
    sql = entry.fields.get("sql")
    return "table_id" in entry.fields and isinstance(sql, dict) and "sel" in sql


def wikisql_questions(path: Path, entries: list[Entry | Problem]) -> list[Question | Problem]:
    """Return the questions of ``X.jsonl`` over the one database of its split, with gold of SQLite.

    Raises ``UsageError`` where ``X.tables.jsonl`` is not beside it.
    """
    beside = path.with_suffix(".tables.jsonl")
    if not beside.is_file():
        raise UsageError(f"{path} needs the tables of its split: put {beside.name} beside it.")
    tables = read_tables(beside)
    database = wikisql_database(beside, tables.values())
    return [each if isinstance(each, Problem) else _question(each, tables, database) for each in entries]


def _question(entry: Entry, tables: dict[str, WikiTable], database: Path) -> Question | Problem:
    question, table = entry.text("question"), tables.get(str(entry.fields.get("table_id")))
    if question is None:
        return Problem(entry.id, "The entry has no question.")
    if table is None:
        return Problem(entry.id, f"There is no sound table '{entry.fields.get('table_id')}'.")
    try:
        sql = _sql(entry.fields["sql"], table)
    except (KeyError, IndexError, TypeError, ValueError):
        return Problem(entry.id, "The query does not fit its table.")
    return Question(entry.id, question, sql, database.stem, str(database))


def _sql(query: dict[str, Any], table: WikiTable) -> str:
    column, aggregate = _name(table, query["sel"]), _at(_AGGREGATES, query["agg"])
    shown = f"{aggregate}({column})" if aggregate else column
    conditions = " AND ".join(_condition(table, *each) for each in query["conds"])
    return f"SELECT {shown} FROM {quoted(table.name, 'sqlite')}" + (f" WHERE {conditions}" if conditions else "")


def _condition(table: WikiTable, place: int, operator: int, value: Any) -> str:
    name, sign = _name(table, place), _at(_OPERATORS, operator)
    return f"{name} {sign} {_literal(str(value), table.types[place])}"


def _literal(value: str, kind: str) -> str:
    """Write a value as its column's type has it: for a column of numbers, the first one in the value."""
    read = _first_number(value) if kind == "real" else None
    if read is None:
        return "'" + value.replace("'", "''") + "'"
    return str(int(read)) if read.is_integer() else repr(read)


def _first_number(value: str) -> float | None:
    whole, part = number(value), _FIRST_NUMBER.search(value)
    return whole if whole is not None or part is None else float(part[0])


def _name(table: WikiTable, place: int) -> str:
    return quoted(_at(table.columns, place), "sqlite")


def _at(choices: tuple[str, ...], place: int) -> str:
    """Return the choice at a place; raises ``IndexError`` also for those that Python counts from the end."""
    if place < 0:
        raise IndexError(place)
    return choices[place]
