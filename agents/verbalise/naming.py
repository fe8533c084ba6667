"""How a person names tables, columns and values: nouns, plurals, units and quoted literals."""

import re
from dataclasses import dataclass, replace
from functools import cache

from ...tools.schema import Column, ColumnType, Table

_ABBREVIATIONS = {
    "arr": "arrival",
    "avg": "average",
    "cnt": "count",
    "dep": "departure",
    "desc": "description",
    "dest": "destination",
    "dob": "date of birth",
    "id": "ID",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "max": "maximum",
    "min": "minimum",
    "num": "number",
    "pct": "percentage",
    "qty": "quantity",
    "sched": "scheduled",
    "temp": "temperature",
    "yr": "year",
}
_IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "datum": "data"}
_UNCOUNTABLE = {"weather", "staff", "data", "information", "equipment", "series", "species"}
_UNBENT = {"by", "to", "at", "in", "on", "of", "for", "from", "held"}  # words at the end of a name without a plural
_UNIT = re.compile(r"^(?P<noun>.+?) in (?P<unit>[A-Za-z°%][A-Za-z° %-]*?)$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase for an expression.

    ``kind`` is number, text, date or flag and picks the comparison words; ``unit`` follows numbers
    compared with it; ``bare`` phrases (literals) take no article; ``plural`` overrides the regular one;
    ``origin`` is the table and column behind it, while it still is that column; ``timed`` dates have a time of day.
    """

    text: str
    kind: str = "number"
    unit: str = ""
    bare: bool = False
    plural: str = ""
    origin: tuple[str, str] | None = None
    timed: bool = False

    def the(self) -> str:
        """Return the phrase with its article."""
        return self.text if self.bare or self.text.startswith(("the ", "its ", "whether ")) else f"the {self.text}"

    def many(self) -> str:
        """Return the plural of the phrase."""
        return self.plural or plural(self.text)

    def of(self, text: str) -> "Phrase":
        """Return the same kind of phrase with other words."""
        return replace(self, text=text, plural="", bare=False, origin=None)

    def led_by(self, noun: str) -> "Phrase":
        """Return the phrase with its entity's noun in front, without saying a word twice."""
        if self.text.startswith(noun):
            return self
        last = noun.rpartition(" ")[2]
        rest = self.text.removeprefix(f"{last} ")
        return replace(self, text=f"{noun} {rest}", plural="")

    def from_(self, table: str, column: str) -> "Phrase":
        """Return the phrase with its origin."""
        return replace(self, origin=(table, column))


def humanise(name: str) -> str:
    """Turn an identifier into words: ``dep_delay`` → ``departure delay``, ``customerId`` → ``customer ID``."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).replace("_", " ").lower()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in spaced.split())


def singular(noun: str) -> str:
    """Return the singular of a noun phrase's last word."""
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    for one, many in _IRREGULAR.items():
        if last == many:
            return lead + one
    if last in _UNCOUNTABLE or not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return noun
    if last.endswith("ies"):
        return lead + last[:-3] + "y"
    if last.endswith(("sses", "shes", "ches", "xes")):
        return lead + last[:-2]
    return lead + last[:-1]


def plural(noun: str) -> str:
    """Return the plural of a noun phrase: of its head before ``of``/``with``, else of its last word."""
    for joint in _JOINTS:
        if joint in noun:
            head, tail = noun.split(joint, 1)
            return plural(head) + joint + tail
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if last.lower() in _UNCOUNTABLE | _UNBENT:
        return noun
    if last in _IRREGULAR:
        return lead + _IRREGULAR[last]
    if re.search(r"[^aeiou]y$", last):
        return lead + last[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", last) else "s")


_JOINTS = (" (", " rounded ", " cut off ", " padded ", " plus ", " minus ", " divided ", " of ", " with ", " in ")


def table_noun(table: Table) -> str:
    """Return the singular noun for a row of ``table``: its comment, else its name in words."""
    return table.comment or singular(humanise(table.name))


def column_kind(column: Column) -> str:
    """Return the kind of a column: number, text, date or flag."""
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT):
        return "number"
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.TIMESTAMPTZ):
        return "date"
    return "flag" if column.type is ColumnType.BOOLEAN else "text"


@cache
def column_phrase(column: Column) -> Phrase:
    """Return the phrase of a column: its comment without unit and brackets, else its name in words."""
    words = re.sub(r"\s*\([^)]*\)", "", column.comment or humanise(column.name)).strip()
    unit = _UNIT.match(words)
    kind = column_kind(column)
    if unit and kind == "number":
        return Phrase(unit["noun"], kind, unit["unit"])
    return Phrase(words, kind, timed=column.type in (ColumnType.TIMESTAMP, ColumnType.TIMESTAMPTZ))


def listing(items: list[str], joint: str = "and") -> str:
    """Join words as a person does: ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"
