"""Clauses for predicates on the form of a text: LIKE, regular expressions, STARTS_WITH and the like."""

import re

from sqlglot import exp

from ...tools.dialects import get_dialect
from .expressions import phrase
from .scope import Scope, Unsayable


def _case_flag(flag: exp.Expr) -> str:
    said = {"i": ", ignoring case", "c": ", minding case"}
    if flag.name not in said:
        raise Unsayable("a regular expression with further flags")
    return said[flag.name]


def matches(node: exp.Expr, scope: Scope, negative: bool) -> tuple[str, str]:
    """Return the subject and the verb phrase of LIKE, a regular expression or another test of a text's form."""
    negative = negative is not bool(node.args.get("negate"))
    subject, pattern = phrase(node.this, scope).text, node.expression.name
    anycase = ", ignoring case" if isinstance(node, exp.ILike | exp.RegexpILike) else ""
    if isinstance(node, exp.Like | exp.RegexpLike) and get_dialect(scope.dialect).ignores_case:
        anycase = ", ignoring case"
    if node.args.get("flag") is not None:
        anycase = _case_flag(node.args["flag"])
    wild = "*" if isinstance(node, exp.Glob) else "%"
    if isinstance(node, exp.RegexpLike | exp.RegexpILike | exp.SimilarTo):
        return subject, f"{'does not match' if negative else 'matches'} the pattern '{pattern}'{anycase}"
    if isinstance(node, exp.StartsWith):
        pattern = f"{pattern}{wild}"
    if isinstance(node, exp.EndsWith):
        pattern = f"{wild}{pattern}"
    if isinstance(node, exp.Contains):
        pattern = f"{wild}{pattern}{wild}"
    core = pattern.strip(wild)
    if re.search(r"[%_*?\[]", core):
        return subject, f"{'does not match' if negative else 'matches'} the pattern '{pattern}'{anycase}"
    shapes = {
        (True, True): "contain",
        (False, True): "start with",
        (True, False): "end with",
        (False, False): "equal",
    }
    verb = shapes[pattern.startswith(wild), pattern.endswith(wild)]
    third = (
        verb.replace("start", "starts")
        .replace("end ", "ends ")
        .replace("contain", "contains")
        .replace("equal", "equals")
    )
    return subject, f"{'does not ' + verb if negative else third} '{core}'{anycase}"
