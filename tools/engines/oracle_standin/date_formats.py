"""Datetime format models: Oracle's elements as PostgreSQL's ``to_char`` patterns, or as what ``TO_DATE`` reads.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html
"""

import re
from collections.abc import Iterator

from ..session import UnsupportedError
from .kinds import OracleError

# What the element means where a date is written: PostgreSQL's name for it, if it has one that agrees.
_WRITTEN = {
    "YYYY": "YYYY", "YYY": "YYY", "YY": "YY", "Y": "Y", "RRRR": "YYYY", "RR": "YY", "IYYY": "IYYY", "IYY": "IYY",
    "IY": "IY", "I": "I", "Q": "Q", "MM": "MM", "MONTH": "MONTH", "MON": "MON", "RM": "RM", "WW": "WW", "W": "W",
    "IW": "IW", "DDD": "DDD", "DD": "DD", "D": "D", "DAY": "DAY", "DY": "DY", "J": "J", "HH24": "HH24", "HH12": "HH12",
    "HH": "HH12", "MI": "MI", "SSSSS": "SSSSS", "SS": "SS", "AM": "AM", "PM": "PM", "A.M.": "A.M.", "P.M.": "P.M.",
    "AD": "AD", "BC": "BC", "CC": "CC", "Y,YYY": "Y,YYY",
}  # fmt: skip
_FRACTION = re.compile(r"FF([1-6])?")
_SAID_UNSURE = (
    "SYEAR",
    "YEAR",
    "SYYYY",
    "SCC",
    "TZH",
    "TZM",
    "TZR",
    "TZD",
    "TS",
    "DS",
    "DL",
    "EE",
    "E",
    "FF7",
    "FF8",
    "FF9",
    "TH",
    "SP",
)
_ELEMENT = re.compile(
    "|".join(sorted((re.escape(e) for e in (*_WRITTEN, *_SAID_UNSURE)), key=len, reverse=True)) + r"|FF[1-6]?|FM|FX|X",
    re.IGNORECASE,
)
_PUNCTUATION = "-/,.;: "
_WORDS = ("MONTH", "MON", "DAY", "DY", "RM", "AM", "PM", "A.M.", "P.M.", "AD", "BC")

# What TO_DATE reads for an element: the field it sets, and a pattern. A name may stand where a number of the month
# may, and a number of more digits where one of fewer may.
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_READ = {
    "YYYY": ("year", r"\d{1,4}"), "RRRR": ("rryear", r"\d{1,4}"), "YY": ("yy", r"\d{2}(?:\d{2})?"),
    "RR": ("rryear", r"\d{2}(?:\d{2})?"),
    "MM": ("month", rf"\d{{1,2}}|{_MONTHS}|{_NAMES}"), "MON": ("month", f"{_MONTHS}|{_NAMES}"),
    "MONTH": ("month", f"{_MONTHS}|{_NAMES}"), "DDD": ("yearday", r"\d{1,3}"), "DD": ("day", r"\d{1,2}"),
    "HH24": ("hour", r"\d{1,2}"), "HH12": ("hour12", r"\d{1,2}"), "HH": ("hour12", r"\d{1,2}"),
    "MI": ("minute", r"\d{1,2}"), "SS": ("second", r"\d{1,2}"), "SSSSS": ("daysecond", r"\d{1,5}"),
    "AM": ("meridian", "am|pm"), "PM": ("meridian", "am|pm"), "A.M.": ("meridian", r"[ap]\.m\."),
    "P.M.": ("meridian", r"[ap]\.m\."), "FF": ("fraction", r"\d{1,6}"), "J": ("julian", r"\d{1,7}"),
}  # fmt: skip


def _elements(model: str) -> Iterator[tuple[str, str]]:
    """Yield (``element``, ``quoted`` or ``punctuation``; text); raises ``OracleError`` for what is no format."""
    position = 0
    while position < len(model):
        if model[position] == '"':
            end = model.find('"', position + 1)
            if end < 0:
                raise OracleError("ORA-01861", "literal does not match format string")
            yield "quoted", model[position + 1 : end]
            position = end + 1
        elif found := _ELEMENT.match(model, position):
            yield "element", found[0]
            position = found.end()
        elif model[position] in _PUNCTUATION:
            yield "punctuation", model[position]
            position += 1
        elif model[position].isalnum():
            raise OracleError("ORA-01821", "date format not recognized")
        else:
            raise UnsupportedError(f"{model[position]} in a datetime format")


def written(model: str, has_fraction: bool) -> str:
    """Return the ``to_char`` pattern that writes a date as Oracle's model does; FM toggles padding from there on.

    Raises ``OracleError`` for a model that is none, ``UnsupportedError`` for an element PostgreSQL writes otherwise.
    """
    pattern, padded = [], True
    for kind, text in _elements(model):
        if kind == "element" and text.upper() == "FM":
            padded = not padded
        elif kind == "element":
            said = _pattern(text, has_fraction)
            pattern.append(said if padded else f"FM{said}")
        elif kind == "quoted":
            pattern.append(f'"{_escaped(text)}"')
        else:
            pattern.append(text)
    return "".join(pattern)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def _pattern(element: str, has_fraction: bool) -> str:
    name = element.upper()
    if found := _FRACTION.fullmatch(name):
        if not has_fraction:
            raise OracleError("ORA-01821", "date format not recognized")
        return f"FF{found[1] or 6}"
    if name == "X":
        return "."
    if name not in _WRITTEN:
        raise UnsupportedError(f"the datetime format element {name}")
    if name not in _WORDS:
        return _WRITTEN[name]
    if element.islower():
        return _WRITTEN[name].lower()
    if len(element) > 1 and element[1].islower():
        return _WRITTEN[name].capitalize() if name in ("MONTH", "MON", "DAY", "DY") else _WRITTEN[name]
    return _WRITTEN[name]


def read(model: str, has_fraction: bool) -> tuple[str, list[str]]:
    """Return the regular expression by which ``TO_DATE`` reads a text, and the field each of its groups sets."""
    pattern, fields = [], []
    for kind, text in _elements(model):
        name = re.sub(r"FF[1-6]", "FF", text.upper())
        if kind == "quoted":
            pattern.append(re.escape(text.lower()))
        elif kind == "punctuation":
            pattern.append(r"\s*" if text == " " else r"[[:punct:][:space:]]?")
        elif name == "FM":
            continue
        elif name == "X":
            pattern.append(r"[.,]")
        elif name == "FF" and not has_fraction:
            raise OracleError("ORA-01821", "date format not recognized")
        elif name not in _READ:
            raise UnsupportedError(f"the datetime format element {name} for reading")
        else:
            field, said = _READ[name]
            if field in fields:
                raise OracleError("ORA-01810", "format code appears twice")
            fields.append(field)
            pattern.append(f"({said})")
    return rf"^\s*{''.join(pattern)}\s*$", fields
