"""Noun phrases for functions on texts: parts, matches, trimmed and replaced characters, formats."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from ...tools.dialects import get_dialect
from .expressions import phrase
from .naming import Phrase
from .scope import Scope, Unsayable


def in_format(subject: Phrase, shape: str) -> Phrase:
    """Return ``the order time in the format 'DD.MM.YYYY'``."""
    return Phrase(f"{subject.text} in the format '{shape}'", "text")


def _padded(node: exp.Pad, scope: Scope) -> Phrase:
    subject, fill = phrase(node.this, scope), node.args.get("fill_pattern")
    side = "left" if node.args.get("is_left") else "right"
    filling = f" with '{fill.name}'" if isinstance(fill, exp.Literal) and fill.name.strip() else " with spaces"
    if not isinstance(node.expression, exp.Literal):
        raise Unsayable("padding to a computed length")
    return Phrase(f"{subject.text} padded on the {side} to {node.expression.name} characters{filling}", "text")


def _before_delimiter(node: exp.SubstringIndex, scope: Scope) -> Phrase:
    count, delimiter = node.args["count"].sql(), node.args["delimiter"]
    where = {"1": "before the first", "-1": "after the last"}.get(count)
    if where is None or not isinstance(delimiter, exp.Literal):
        raise Unsayable("a part between delimiters")
    return Phrase(f"part of {phrase(node.this, scope).the()} {where} '{delimiter.name}'", "text")


def _matched(node: exp.Expr, scope: Scope) -> Phrase:
    pattern = node.expression
    further = [name for name in ("position", "occurrence", "parameters", "group") if node.args.get(name)]
    if further or not isinstance(pattern, exp.Literal) or "(" in pattern.name:
        raise Unsayable("a regular expression with groups or further arguments")
    return Phrase(f"first match of the pattern '{pattern.name}' in {phrase(node.this, scope).the()}", "text")


def _replaced(node: exp.RegexpReplace, scope: Scope) -> Phrase:
    pattern, by = node.expression, node.args.get("replacement")
    further = [name for name in ("position", "occurrence", "modifiers") if node.args.get(name)]
    if further or not isinstance(pattern, exp.Literal) or (by is not None and not isinstance(by, exp.Literal)):
        raise Unsayable("a replacement with further arguments")
    if by is not None and ("\\" in by.name or "$" in by.name):
        raise Unsayable("a replacement that refers to groups")
    which = "the first match" if get_dialect(scope.dialect).replaces_once else "every match"
    subject = phrase(node.this, scope).text
    done = f"replaced by '{by.name}'" if by is not None and by.name else "removed"
    return Phrase(f"{subject} with {which} of the pattern '{pattern.name}' {done}", "text")


def _capitalised(node: exp.Initcap, scope: Scope) -> Phrase:
    return Phrase(f"{phrase(node.this, scope).text} with each word capitalised", "text")


def _pieces(node: exp.Split, scope: Scope) -> str:
    delimiter = node.args.get("expression")
    if not isinstance(delimiter, exp.Literal) or node.args.get("limit") is not None:
        raise Unsayable("a text split at a computed place")
    return f"{phrase(node.this, scope).the()} split at '{delimiter.name}'"


def _element(node: exp.Bracket, scope: Scope) -> Phrase:
    """Say BigQuery's ``SPLIT(x, ' ')[OFFSET(0)]``."""
    place = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(node.this, exp.Split) or not isinstance(place, exp.Literal) or not place.name.isdigit():
        raise Unsayable("an element of an array")
    number = int(place.name) + 1 - int(node.args.get("offset") or 0)
    ordinal = {1: "first", 2: "second", 3: "third"}.get(number)
    if ordinal is None:
        raise Unsayable("an element beyond the third")
    return Phrase(f"{ordinal} part of {_pieces(node.this, scope)}", "text")


def _how_many(node: exp.ArraySize, scope: Scope) -> Phrase:
    if not isinstance(node.this, exp.Split):
        raise Unsayable("length of an array")
    return Phrase(f"number of parts of {_pieces(node.this, scope)}")


def _trimmed(node: exp.Trim, scope: Scope) -> Phrase:
    side = {"LEADING": "leading", "TRAILING": "trailing"}.get(
        str(node.args.get("position") or "").upper(), "surrounding"
    )
    characters = node.args.get("expression")
    if characters is not None and not isinstance(characters, exp.Literal):
        raise Unsayable("TRIM of computed characters")
    cut = "spaces" if characters is None or not characters.name.strip() else f"'{characters.name}'"
    if cut != "spaces" and len(characters.name if characters is not None else "") > 1:
        if scope.dialect == "mysql":  # it trims the whole text there, each of its characters elsewhere
            raise Unsayable("TRIM of several characters")
        cut = f"characters of {cut}"
    return Phrase(f"{phrase(node.this, scope).text} without {side} {cut}", "text")


def _without_or_with(node: exp.Replace, scope: Scope) -> Phrase:
    subject, sought = phrase(node.this, scope).text, phrase(node.expression, scope).the()
    by = node.args.get("replacement")
    removed = by is None or (isinstance(by, exp.Literal) and not by.name)
    done = "removed" if by is None or removed else f"replaced by {phrase(by, scope).the()}"
    return Phrase(f"{subject} with {sought} {done}", "text")


def _matches_in(node: exp.RegexpCount, scope: Scope) -> Phrase:
    pattern, flags = node.expression, node.args.get("parameters")
    if not isinstance(pattern, exp.Literal) or (node.args.get("position") or exp.Literal.number(1)).name != "1":
        raise Unsayable("matches counted from another place")
    if flags is not None and flags.name not in ("i", "c"):
        raise Unsayable("a regular expression with further flags")
    case = ", ignoring case" if flags is not None and flags.name == "i" else ""
    return Phrase(f"number of matches of the pattern '{pattern.name}' in {phrase(node.this, scope).the()}{case}")


def _match_position(node: exp.RegexpInstr, scope: Scope) -> Phrase:
    further = [name for name in ("position", "occurrence", "option", "parameters", "group") if node.args.get(name)]
    if further or not isinstance(node.expression, exp.Literal):
        raise Unsayable("the place of a further match")
    return Phrase(
        f"position of the first match of the pattern '{node.expression.name}' in {phrase(node.this, scope).the()}"
    )


def _translated(node: exp.Translate, scope: Scope) -> Phrase:
    old, new = node.args["from_"], node.args["to"]
    if not isinstance(old, exp.Literal) or not isinstance(new, exp.Literal) or len(old.name) != len(new.name):
        raise Unsayable("TRANSLATE that drops characters")
    each = ", ".join(f"'{a}' by '{b}'" for a, b in zip(old.name, new.name, strict=True))
    return Phrase(f"{phrase(node.this, scope).text} with {each} replaced", "text")


TEXTS: dict[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[Any, Scope], Phrase | None]] = {
    exp.Pad: _padded,
    exp.SubstringIndex: _before_delimiter,
    (exp.RegexpSubstr, exp.RegexpExtract): _matched,
    exp.RegexpReplace: _replaced,
    exp.Initcap: _capitalised,
    exp.Bracket: _element,
    exp.ArraySize: _how_many,
    exp.Trim: _trimmed,
    exp.Replace: _without_or_with,
    exp.RegexpCount: _matches_in,
    exp.RegexpInstr: _match_position,
    exp.Translate: _translated,
}
