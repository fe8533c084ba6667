"""Which literals of a query a question must mention."""

import re

from sqlglot import exp

from .parsing import parsed

COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Between,
    exp.In,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
)
PATTERNS = (
    exp.Like,
    exp.ILike,
    exp.Glob,
    exp.RegexpLike,
    exp.RegexpILike,
    exp.SimilarTo,
    exp.StartsWith,
    exp.Contains,
)
_SMALL = {"1": ("1", "one", "first", "the", "number")}


def spoken_literals(sql: str, dialect: str) -> list[str]:
    """Return the literals that decide the result: compared values, patterns without wildcards, LIMIT and OFFSET."""
    found = []
    for node in parsed(sql, dialect).find_all(exp.Literal):
        parent = node.parent
        if node.arg_key == "flag":  # of a regular expression
            continue
        while isinstance(parent, exp.Neg | exp.Paren | exp.Array | exp.Any | exp.Cast | exp.Tuple | exp.DateStrToDate):
            parent = parent.parent
        if isinstance(parent, PATTERNS):
            found += [part for part in re.split(r"[%*^$]+", node.this) if part]
        elif isinstance(parent, (*COMPARISONS, exp.Limit, exp.Offset, exp.Fetch)):
            found.append(node.this)
    return found


def missing_literals(question: str, sql: str, dialect: str) -> list[str]:
    """Return the literals of ``sql`` that ``question`` does not mention as they are (a 1 may be said in words)."""
    said = question.replace(",", "") + " " + question
    missing = []
    for text in spoken_literals(sql, dialect):
        forms = _SMALL.get(text, (text,))
        alone = (rf"(?<![\w.]){re.escape(form)}(?![\w])" for form in forms)
        if text not in said and not any(re.search(form, said, re.IGNORECASE) for form in alone):
            missing.append(text)
    return missing
