"""Clauses for predicates: ``whose departure delay is more than 60 minutes``, ``that have no flights``."""

import re
from dataclasses import replace

from sqlglot import exp

from .expressions import phrase
from .matching import matches
from .naming import Phrase, listing
from .scope import Scope, Unsayable, call_by_role, foreign_key, role_of

_NUMBER: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.GT: ("more than", "above", "greater than"),
    exp.GTE: ("at least",),
    exp.LT: ("less than", "below"),
    exp.LTE: ("at most",),
    exp.EQ: ("", "exactly"),
    exp.NEQ: ("not",),
}
_DATE: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.GT: ("after",),
    exp.GTE: ("on or after",),
    exp.LT: ("before",),
    exp.LTE: ("on or before",),
    exp.EQ: ("exactly",),
    exp.NEQ: ("not",),
}
_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}


_CONTRARY: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}


def clause(node: exp.Expr, scope: Scope) -> str:
    """Return a relative clause for a row that satisfies ``node``; raises ``Unsayable`` when there is none."""
    if isinstance(node, exp.Paren):
        return clause(node.this, scope)
    if isinstance(node, exp.And):
        return " and ".join(_inside_and(part, scope) for part in node.flatten())
    if isinstance(node, exp.Or):
        return " or ".join(clause(part, scope) for part in node.flatten())
    if isinstance(node, exp.Xor):
        one, other = clause(node.this, scope), clause(node.expression, scope)
        return f"for which exactly one of two things holds: {one}, or {other}".replace(": whose ", ": its ").replace(
            ", or whose ", ", or its "
        )
    if isinstance(node, exp.Exists):
        return _exists(node, scope, negative=False)
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Exists):
        return _exists(node.this, scope, negative=True)
    if truth := _truth(node, scope):
        return truth
    subject, verb = _said(node, scope)
    return f"whose {subject} {verb}" if not subject.startswith("whether") else f"for which the {subject} {verb}"


def _truth(node: exp.Expr, scope: Scope) -> str:
    """Say ``(a > 1) IS NOT TRUE``, which holds for an unknown ``a`` too; an empty text for any other predicate."""
    test = node.this if isinstance(node, exp.Not) else node
    if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Boolean):
        return ""
    if not isinstance(test.this.unnest(), exp.Predicate):
        return ""
    negative = isinstance(node, exp.Not) is not bool(test.args.get("negate"))
    truth = f"{'not ' * negative}{'true' if test.expression.this else 'false'}"
    return f"for which it is {truth} that {condition(test.this, scope)}"


def condition(node: exp.Expr, scope: Scope) -> str:
    """Return the predicate as a sentence: ``the distance is more than 1000``."""
    if isinstance(node, exp.Paren):
        return condition(node.this, scope)
    if isinstance(node, exp.And | exp.Or):
        return f" {node.key} ".join(condition(part, scope) for part in node.flatten())
    subject, verb = _said(node, scope)
    return f"the {subject} {verb}"


def _inside_and(node: exp.Expr, scope: Scope) -> str:
    bare = node.unnest()
    return f"(either {clause(bare, scope)})" if isinstance(bare, exp.Or) else clause(node, scope)


def _said(node: exp.Expr, scope: Scope, negative: bool = False) -> tuple[str, str]:
    """Return the subject and the verb phrase of a simple predicate."""
    is_ = "is not" if negative else "is"
    if isinstance(node, exp.Paren):
        return _said(node.this, scope, negative)
    if isinstance(node, exp.Not):
        return _said(node.this, scope, not negative)
    if isinstance(node, exp.Column | exp.Boolean):
        return phrase(node, scope).text, f"{is_} true"
    if isinstance(node, exp.Between):
        return _between(node, scope, is_)
    if isinstance(node, exp.In):
        return _in(node, scope, is_)
    if isinstance(node, exp.Is):
        return _is(node, scope, negative)
    if isinstance(node, exp.NullSafeNEQ | exp.NullSafeEQ):
        return _null_safe(node, scope, negative)
    if isinstance(
        node,
        exp.Like
        | exp.ILike
        | exp.Glob
        | exp.RegexpLike
        | exp.RegexpILike
        | exp.SimilarTo
        | exp.StartsWith
        | exp.EndsWith
        | exp.Contains,
    ):
        return matches(node, scope, negative)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "LNNVL" and type(node.expressions[0]) in _CONTRARY:
        inner = node.expressions[0]
        contrary = _CONTRARY[type(inner)](this=inner.this.copy(), expression=inner.expression.copy())
        subject, verb = _said(contrary, scope, negative)
        return subject, f"{verb} or missing"
    if type(node) in _NUMBER:
        return _compared(node, scope, negative)
    raise Unsayable(node.key)


def _compared(node: exp.Expr, scope: Scope, negative: bool) -> tuple[str, str]:
    left, right, kind = node.this, node.expression, type(node)
    if isinstance(left, exp.Literal | exp.Subquery) and not isinstance(right, exp.Literal | exp.Subquery):
        left, right, kind = right, left, _OPPOSITE[kind]
    if negative:
        raise Unsayable("negated comparison")
    if isinstance(right, exp.Any):
        return _any_of(left, right, scope)
    subject, value = phrase(left, scope), phrase(right, scope)
    words = (_DATE if subject.kind == "date" and value.kind in ("date", "text") else _NUMBER)[kind]
    word = scope.rng.choice(words)
    if subject.kind in ("text", "flag") and kind is exp.EQ:
        word = ""
    if subject.kind == "text" and kind in (exp.GT, exp.GTE, exp.LT, exp.LTE) and value.kind == "text":
        word = {
            exp.GT: "alphabetically after",
            exp.GTE: "alphabetically at or after",
            exp.LT: "alphabetically before",
            exp.LTE: "alphabetically at or before",
        }[kind]
    if not value.bare and kind in (exp.EQ, exp.NEQ):
        word = "the same as" if kind is exp.EQ else "different from"
    return subject.text, " ".join(f"is {word} {_valued(value, subject)}".split())


def _valued(value: Phrase, subject: Phrase) -> str:
    unit = f" {subject.unit}" if value.bare and subject.unit and value.kind == "number" else ""
    text = value.text.strip("'") if subject.kind == "date" and value.bare else value.the()
    if subject.timed and value.bare and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += " 00:00"  # a bare date compared with a time of day means its midnight
    return f"{text}{unit}"


def _between(node: exp.Between, scope: Scope, is_: str) -> tuple[str, str]:
    subject = phrase(node.this, scope)
    low, high = (phrase(node.args[end], scope) for end in ("low", "high"))
    symmetric = " in either order" if node.args.get("symmetric") else ""
    return (
        subject.text,
        f"{is_} between {_valued(low, replace(subject, unit=''))} and {_valued(high, subject)}{symmetric}",
    )


def _in(node: exp.In, scope: Scope, is_: str) -> tuple[str, str]:
    from .queries import many

    subject = phrase(node.this, scope)
    query = node.args.get("query")
    if query is not None:
        select = query.this if isinstance(query, exp.Subquery) else query
        return subject.text, f"{is_} among {many(select, scope)}"
    values = [_valued(phrase(e, scope), subject) for e in _listed(node)]
    return (
        subject.text,
        f"{is_} {'either ' if len(values) == 2 and is_ == 'is' else ''}{_either(values, is_)}",
    )


def _listed(node: exp.In) -> list[exp.Expr]:
    """Return the values of ``IN (…)`` or ``IN UNNEST([…])``."""
    if node.expressions:
        return list(node.expressions)
    unnested = node.args.get("unnest")
    array = unnested.expressions[0] if unnested is not None and unnested.expressions else None
    if not isinstance(array, exp.Array):
        raise Unsayable("IN an array that is not written out")
    return list(array.expressions)


def _either(values: list[str], is_: str) -> str:
    joined = listing(values, "or")
    return joined if len(values) <= 2 else f"one of {joined}"


def _any_of(left: exp.Expr, right: exp.Any, scope: Scope) -> tuple[str, str]:
    array = right.this.unnest()
    if not isinstance(array, exp.Array):
        raise Unsayable("ANY of a query")
    subject = phrase(left, scope)
    return (
        subject.text,
        f"is {_either([_valued(phrase(e, scope), subject) for e in array.expressions], 'is')}",
    )


def _is(node: exp.Is, scope: Scope, negative: bool) -> tuple[str, str]:
    negative = negative is not bool(node.args.get("negate"))
    subject = phrase(node.this, scope).text
    if isinstance(node.expression, exp.Boolean):
        return subject, f"is {'not ' if negative else ''}{phrase(node.expression, scope).text}"
    if not isinstance(node.expression, exp.Null):
        raise Unsayable("IS with a value")
    return subject, "is known" if negative else "is missing"


def _null_safe(node: exp.Expr, scope: Scope, negative: bool) -> tuple[str, str]:
    differs = isinstance(node, exp.NullSafeNEQ) is not negative
    subject, value = phrase(node.this, scope), phrase(node.expression, scope)
    missing = " or missing" if differs else ""
    return (
        subject.text,
        f"is {'different from' if differs else 'the same as'} {_valued(value, subject)}{missing}",
    )


def _exists(node: exp.Exists, scope: Scope, negative: bool) -> str:
    from .queries import narrowed

    one, several = narrowed(node.this, scope)
    return f"that have no {several}" if negative else f"that have at least one {one}"


def correlation(node: exp.Expr, scope: Scope) -> str | None:
    """Return how a subquery's row relates to the outer row, if ``node`` is such an equality, else None."""
    if not (isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column)):
        return None
    sides = [scope.owner(c) for c in (node.this, node.expression)]
    if (sides[0][0] is scope) == (sides[1][0] is scope):
        return None
    mine, theirs = (node.this, node.expression) if sides[0][0] is scope else (node.expression, node.this)
    outer, alias = scope.owner(theirs)
    inner_phrase, outer_phrase = scope.column(mine), outer.entities[alias].columns[theirs.name]
    entity = outer.entities[alias]
    if key := foreign_key(scope.schema, outer_phrase, inner_phrase):
        _call_by_role(scope.owner(mine)[1], role_of(key, outer_phrase, scope.schema), scope)
    elif key := foreign_key(scope.schema, inner_phrase, outer_phrase):
        ambiguous = entity.base and role_of(key, inner_phrase, scope.schema) != entity.noun
        if ambiguous:
            return f"whose {inner_phrase.text} is that of the {entity.noun}"
    if key:
        return f"of {'that' if entity.noun == outer.row_noun else 'the same'} {entity.noun}"
    own = scope.entities[scope.owner(mine)[1]].columns[mine.name]
    if own.text == outer_phrase.text:
        return f"with the same {own.text}"
    return f"whose {inner_phrase.text} is the same as the {outer_phrase.led_by(outer.entities[alias].noun).text}"


def _call_by_role(alias: str, noun: str, scope: Scope) -> None:
    """Call a looked-up row by the role in which the outer row refers to it: ``origin airport``."""
    entity = scope.entities[alias]
    scope.row_noun = noun if entity.base and scope.row_noun == entity.noun else scope.row_noun
    call_by_role(entity, noun)
