"""The words by which a question says its operations: comparison, direction, aggregate, negation and the like."""

import re
from dataclasses import dataclass

_HIGH = r"(?:highest|largest|greatest|biggest|most|latest|newest|longest|most recent|most expensive)"
_LOW = r"(?:lowest|smallest|least|fewest|earliest|oldest|shortest|cheapest)"
_MORE = r"(?:more|greater|higher|larger|bigger|longer|later)"
_LESS = r"(?:less|fewer|lower|smaller|shorter|earlier)"
_VALUE = r"(?=\s+(?:the\s+)?[\d'$€£])"

# In the order in which they are tried at a place: what is longer before what it begins with.
_WORDS: tuple[tuple[str, str], ...] = (
    ("descending", rf"from (?:the )?{_HIGH}(?: \w+)? to (?:the )?{_LOW}|{_HIGH} (?:\w+ )?first|true first|z to a"),
    ("descending", r"(?:in )?reversed?(?: alphabetical| chronological)?(?:ly)?(?: order)?|descending|decreasing"),
    ("ascending", rf"from (?:the )?{_LOW}(?: \w+)? to (?:the )?{_HIGH}|{_LOW} (?:\w+ )?first|false first|a to z"),
    ("ascending", r"alphabetical(?:ly)?(?! (?:last|first|(?:on or )?(?:after|before) '))|chronological(?:ly)?"),
    ("ascending", r"ascending|increasing"),
    ("at least", rf"at least|(?:no|not) {_LESS} than|a minimum of|on or after|not before|since"),
    ("at least", rf"or (?:{_MORE}|above|over|after)|{_MORE} than or (?:equal to|exactly)|and (?:above|over|up)"),
    ("at most", rf"at most|(?:no|not) {_MORE} than|a maximum of|on or before|not after|up to|until|not exceed\w*"),
    ("at most", rf"or (?:{_LESS}|below|under|before)|{_LESS} than or (?:equal to|exactly)|not above"),
    ("more than", rf"{_MORE} than|above|exceed(?:s|ing)?|beyond|after(?! that)|over{_VALUE}"),
    ("less than", rf"{_LESS} than|below|before|under{_VALUE}"),
    ("between", r"between"),
    ("known", r"(?:not|non)[ -](?:missing|null|empty|unknown)|known|available|recorded|on file"),
    ("not", r"not|no|never|none|neither|without|except|excluding|outside|other than|apart from|lack\w*"),
    ("not", r"\w+n't|different from|absent|missing|unknown|null"),
    ("different", r"different|distinct|unique|each (?:listed )?once|duplicates?|once"),
    ("average", r"average|mean|share"),
    ("total", r"totals?|sums?|overall|combined|altogether"),
    ("median", r"median"),
    ("highest", rf"{_HIGH}|maximum|max"),
    ("lowest", rf"{_LOW}|minimum|min"),
    ("first", r"only the (?:first|last)|the first(?= \d)|limited to|(?:top|bottom)(?= \d)"),
    ("number", r"how many|numbers?|counts?|counting"),
    ("rank", r"rank(?:s|ed|ing)?|position|bucket|percentile"),
    ("sorted", r"(?:sort|order|arrang|rank)ed by|sorted|ordered|arranged|in order of|by order of"),
    ("each", r"each|every|per|grouped by"),
    ("including", r"including|even (?:if|those|when)|whether or not|regardless"),
    ("both", r"both|also|together with|as well as"),
    ("either", r"either|one of|any of"),
    ("or", r"or|nor"),
    ("starts with", r"(?:start|begin)s?(?:ning|ting)? with"),
    ("ends with", r"end(?:s|ing)? with"),
    ("contains", r"contain(?:s|ing)?|includes?"),
    ("case", r"ignoring case|case[- ]insensitive(?:ly)?|(?:upper|lower)[ -]?case"),
    ("rounded", r"round(?:ed)?"),
    ("running", r"running|cumulative|moving"),
    ("previous", r"previous|preceding|prior"),
    ("next", r"next|following"),
    ("percent", r"percent(?:age)?s?"),
)
_GROUPS = (rf"(?P<w{place}>{words})" for place, (_, words) in enumerate(_WORDS))
_ANY = re.compile(rf"\b(?:{'|'.join(_GROUPS)})\b", re.IGNORECASE)  # tried where a word begins, and only there
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand)\b"
)
_FIGURES = re.compile(r"\d+(?:[.:-]\d+)*")
_QUOTED = re.compile(r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Mark:
    """An operation said in a text, and from where to where."""

    operation: str
    start: int
    end: int


def marks(text: str, names: re.Pattern[str] | None = None) -> list[Mark]:
    """Return the operations that ``text`` says, in order; quoted values and ``names`` in it say none."""
    blanked = _QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)
    if names is not None:
        blanked = names.sub(lambda found: "x" * len(found[0]), blanked)
    return [
        Mark(_WORDS[int(str(found.lastgroup)[1:])][0], found.start(), found.end()) for found in _ANY.finditer(blanked)
    ]


def values(text: str) -> set[str]:
    """Return the values that ``text`` mentions: quoted texts, numbers, numbers in words."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    outside = _QUOTED.sub(" ", plain)
    quoted = {found[0][1:-1] for found in _QUOTED.finditer(plain)}
    return quoted | set(_FIGURES.findall(outside)) | set(_NUMBER_WORDS.findall(outside.lower()))
