"""Taking an example's own words out of a construct: labels and stand-ins that fit no other column."""

import re

from sqlglot import exp

_WORDS = re.compile(r"[^\W\d_](?:[\w ]*\w)?")
_GENERAL = {"unknown", "none", "missing", "n/a", "?", "-", "", "yes", "no"}


def neutralise(root: exp.Expr) -> None:
    """Rename the texts that CASE, IF, DECODE and COALESCE give out: ``cheap`` → ``low``, ``no address`` → ``unknown``.

    The tree is changed in place. A text that several branches share stays one text.
    """
    for case in root.find_all(exp.Case, exp.If, exp.DecodeCase):
        if not isinstance(case.parent, exp.Case):
            _rename_labels(case)
    for coalesce in root.find_all(exp.Coalesce):
        for other in coalesce.expressions:
            for text in [t for t in other.find_all(exp.Literal) if t.is_string and t.name.lower() not in _GENERAL]:
                text.replace(exp.Literal.string(_WORDS.sub("unknown", text.name)))


def _rename_labels(case: exp.Expr) -> None:
    labels = [g for g in given(case) if isinstance(g, exp.Literal) and g.is_string]
    texts = list(dict.fromkeys(g.name for g in labels))
    names = dict(zip(texts, _labels(case, len(texts)), strict=True))
    for label in labels:
        label.replace(exp.Literal.string(names[label.name]))


def given(case: exp.Expr) -> list[exp.Expr]:
    """Return what the branches give, in order."""
    if isinstance(case, exp.DecodeCase):
        rest = case.expressions[1:]
        return [*rest[1::2], *(rest[-1:] if len(rest) % 2 else [])]
    branches = case.args["ifs"] if isinstance(case, exp.Case) else [case]
    default = case.args.get("default" if isinstance(case, exp.Case) else "false")
    return [*(b.args["true"] for b in branches), *([default] if default is not None else [])]


def _labels(case: exp.Expr, count: int) -> list[str]:
    condition = case.find(exp.GT, exp.GTE, exp.LT, exp.LTE)
    if condition is None:
        return ["yes", "no"] if count == 2 else [f"group {chr(ord('A') + i)}" for i in range(count)]
    rising = isinstance(condition, exp.LT | exp.LTE)
    if count > 3:
        return [f"level {i + 1 if rising else count - i}" for i in range(count)]
    falling = {1: ["high"], 2: ["high", "low"], 3: ["high", "medium", "low"]}.get(count, [])
    return falling[::-1] if rising and count > 1 else ["low"] if rising and count == 1 else falling
