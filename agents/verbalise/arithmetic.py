"""Noun phrases for sums, products, ratios and rounding."""

from dataclasses import replace

from sqlglot import exp

from .naming import Phrase
from .scope import Scope, Unsayable


def rounded(node: exp.Round, scope: Scope) -> Phrase:
    """Return the phrase of ROUND; raises ``Unsayable`` for a rounded date."""
    from .expressions import phrase

    inner, places = phrase(node.this, scope), node.args.get("decimals")
    if inner.kind == "date":
        raise Unsayable("a rounded date")
    return inner.of(f"{inner.text} rounded to {precision(places)}")


def precision(places: exp.Expr | None) -> str:
    """Return to what a number is rounded: ``2 decimals``, ``a whole number``, ``tens`` for -1."""
    count = "0" if places is None else places.sql()
    if count in _POWERS:
        return _POWERS[count]
    if not count.isdigit():
        raise Unsayable(f"rounding to {count} places")
    return f"{count} decimal{'s' * (count != '1')}"


_POWERS = {"0": "a whole number", "-1": "tens", "-2": "hundreds", "-3": "thousands"}


OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "{0} plus {1}",
    exp.Mul: "{0} times {1}",
    exp.Div: "{0} divided by {1}",
    exp.IntDiv: "{0} divided by {1} as a whole number",
    exp.Mod: "remainder of {0} divided by {1}",
    exp.DPipe: "{0} followed by {1}",
    exp.Nullif: "{0} (missing where it is {1})",
}


def operation(node: exp.Expr, scope: Scope) -> Phrase:
    """Return the phrase of an operator of ``OPERATORS`` or of a difference."""
    from .expressions import phrase

    if isinstance(node, exp.Mul) and isinstance(node.this, exp.Literal) and node.this.this == "1.0":
        return phrase(node.expression, scope)  # only there to divide exactly
    left, right = phrase(node.this, scope), phrase(node.expression, scope)
    if isinstance(node, exp.Sub):
        kind = "date" if left.kind == "date" and right.kind in ("span", "number") else "number"
        unit = left.unit if left.kind == "number" else ""
        less = bracketed(node.expression, right).the()
        return Phrase(f"{left.text} minus {less}", kind, unit, bare=left.bare and kind == "date")
    if isinstance(node, exp.Div) and (part := _hundredfold(node.this)) is not None and node.find(exp.Window) is None:
        return Phrase(f"percentage of {phrase(part, scope).the()} in {right.the()}")
    said = [bracketed(side, spoken).the() for side, spoken in ((node.this, left), (node.expression, right))]
    words = OPERATORS[type(node)].format(*said).removeprefix("the ")
    kind = "date" if left.kind == "date" else "text" if isinstance(node, exp.DPipe) else "number"
    return Phrase(words, kind, bare=left.bare and kind == "date")


def bracketed(node: exp.Expr, said: Phrase) -> Phrase:
    """Return an operand's phrase, in brackets if it is a sum or product itself; raises ``Unsayable`` for constants."""
    bare = node.unnest()
    if not isinstance(bare, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.Mod | exp.Pow) or said.kind == "date":
        return said
    if bare.find(exp.Column, exp.Count) is None:
        raise Unsayable("a computed constant")
    exactly = isinstance(bare, exp.Mul) and isinstance(bare.this, exp.Literal) and bare.this.this == "1.0"
    return said if exactly else replace(said, text=f"({said.text})", bare=True)


def _hundredfold(node: exp.Expr) -> exp.Expr | None:
    """Return x of ``100 * x`` or ``x * 100``."""
    node = node.unnest()
    if isinstance(node, exp.Mul):
        for factor, other in ((node.this, node.expression), (node.expression, node.this)):
            if isinstance(factor, exp.Literal) and not factor.is_string and float(factor.this) == 100:
                return other if isinstance(other, exp.Expr) else None
    return None
