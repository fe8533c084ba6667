"""Oracle's functions, as data: which there are, and how those that the stand-in has are said in PostgreSQL."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .kinds import Kind


class Signature(NamedTuple):
    """One form of a function; ``same`` stands for the kind of number that is given."""

    parameters: tuple[str, ...]
    result: str
    postgres: str


KINDS = {"number": Kind.NUMBER, "double": Kind.DOUBLE, "text": Kind.TEXT, "date": Kind.DATE, "days": Kind.DAYS}


@cache
def oracle_functions() -> frozenset[str]:
    """Return the names of the functions of Oracle 19c.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Functions.html
    """
    return frozenset(files(__package__).joinpath("functions.txt").read_text(encoding="utf-8").split())


@cache
def signatures() -> dict[str, list[Signature]]:
    """Return the forms of each function that is said by a template."""
    found: dict[str, list[Signature]] = {}
    with files(__package__).joinpath("functions.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            form = Signature(tuple(row["parameters"].split()), row["result"], row["postgres"])
            found.setdefault(row["name"], []).append(form)
    return found


def helpers() -> str:
    """Return the statements that create the schema ``oracle`` with its functions."""
    return files(__package__).joinpath("functions.sql").read_text(encoding="utf-8")
