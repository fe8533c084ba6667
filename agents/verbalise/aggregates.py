"""Noun phrases for aggregates, plain, filtered, ordered-set and collected."""

from sqlglot import exp

from . import lexicon
from .expressions import arguments, phrase
from .naming import Phrase, plural
from .own_words import own_function
from .scope import Scope, Unsayable


def aggregate(node: exp.Expr, scope: Scope) -> Phrase:
    """Return the phrase of an aggregate call; raises ``Unsayable`` for aggregates without words."""
    if isinstance(node, exp.Filter):
        return _filtered(node, scope)
    if isinstance(node, exp.WithinGroup):
        return _ordered_set(node, scope)
    if isinstance(node, exp.Count):
        return _count(node, scope)
    if isinstance(node, exp.CountIf):
        return _count_if(node, scope)
    if type(node) in lexicon.PAIRED:
        return _paired(node, scope)
    if isinstance(node, exp.GroupConcat | exp.ArrayAgg | exp.JSONArrayAgg):
        return _collected(node, scope)
    if isinstance(node, exp.LogicalAnd | exp.LogicalOr):
        return _logical(node, scope)
    if isinstance(node, exp.Quantile | exp.PercentileCont | exp.PercentileDisc) and node.args.get("quantile"):
        return _percentile(node.args["quantile"], phrase(node.this, scope), isinstance(node, exp.PercentileDisc))
    if type(node) in lexicon.AGGREGATES:
        return _conditional(node, scope) or named_aggregate(lexicon.AGGREGATES[type(node)], node.this, scope)
    if isinstance(node, exp.PercentileCont | exp.PercentileDisc) and isinstance(node.expression, exp.Literal):
        return _percentile(node.expression, phrase(node.this, scope), isinstance(node, exp.PercentileDisc))
    return own_function(node, scope)


def named_aggregate(word: str, argument: exp.Expr, scope: Scope) -> Phrase:
    """Return the phrase of an aggregate known by one word, such as ``average`` or ``total``."""
    if word == lexicon.AGGREGATES[exp.ApproxDistinct]:
        return Phrase(f"{word} {phrase(argument, scope).many()}")
    if isinstance(argument, exp.Distinct):
        inner = phrase(argument.expressions[0], scope)
        return inner.of(f"{word} of the different {inner.many()}")
    if argument.find(exp.AggFunc) and argument.find_ancestor(exp.Window) is None:
        raise Unsayable("an aggregate of an aggregate")
    inner = phrase(argument, scope)
    if inner.kind == "date" and word in ("highest", "lowest"):
        word = {"highest": "latest", "lowest": "earliest"}[word]
    if inner.kind == "text" and word in ("highest", "lowest"):
        word = {"highest": "alphabetically last", "lowest": "alphabetically first"}[word]
    plain = isinstance(argument, exp.Column | exp.AggFunc) and word not in lexicon.AGGREGATE_OF
    if word == "total" and inner.text.startswith(("total", "running total")):
        return inner.of(f"sum of the {inner.text}")
    return inner.of(f"{word} {inner.text}" if plain else f"{word} of {inner.the()}")


def _count(node: exp.Count, scope: Scope) -> Phrase:
    counted = node.this
    if counted is None or isinstance(counted, exp.Star) or (isinstance(counted, exp.Literal) and not counted.is_string):
        return Phrase(f"number of {scope.rows()}")
    if isinstance(counted, exp.Distinct):
        return _count_different(counted.expressions, scope)
    if isinstance(counted, exp.Case):
        return Phrase(f"number of {scope.rows()} {_when(counted, scope)}")
    column = counted.find(exp.Column)
    if not isinstance(counted, exp.Column) or column is None:
        raise Unsayable("COUNT of an expression")
    owner, alias = scope.owner(counted)
    owner.mentioned.add(alias)
    entity = owner.entities[alias]
    if counted.name in entity.keys:
        return Phrase(f"number of {plural(entity.noun)}")
    return Phrase(f"number of {scope.rows()} with a known {phrase(counted, scope).text}")


def _count_different(counted: list[exp.Expr], scope: Scope) -> Phrase:
    one = counted[0]
    if isinstance(one, exp.Case | exp.If):  # COUNT(DISTINCT CASE WHEN … THEN x END)
        branch = one.args["ifs"][0] if isinstance(one, exp.Case) else one
        default = one.args.get("default" if isinstance(one, exp.Case) else "false")
        if default is not None and not isinstance(default, exp.Null):
            raise Unsayable("COUNT(DISTINCT) of a CASE with a default")
        subject = phrase(branch.args["true"], scope).many()
        return Phrase(f"number of different {subject} of {scope.rows()} {_when(one, scope)}")
    said = [phrase(e, scope) for e in counted]
    if len(said) > 1:
        return Phrase(f"number of different combinations of {' and '.join(p.text for p in said)}")
    return Phrase(f"number of different {said[0].many()}")


def _count_if(node: exp.CountIf, scope: Scope) -> Phrase:
    from .predicates import clause

    return Phrase(f"number of {scope.rows()} {clause(node.this, scope)}")


def _when(case: exp.Expr, scope: Scope) -> str:
    from .predicates import clause

    branch = case.args["ifs"][0] if isinstance(case, exp.Case) else case
    if (isinstance(case, exp.Case) and case.this is not None) or len(case.args.get("ifs") or [branch]) != 1:
        raise Unsayable("CASE with several branches in an aggregate")
    return clause(branch.this, scope)


def _conditional(node: exp.Expr, scope: Scope) -> Phrase | None:
    """Say SUM/AVG of a CASE or IIF as a count, total or share of the rows that meet its condition."""
    case = node.this.unnest()
    if isinstance(case, exp.DecodeCase):
        from .functions import written_out

        case = written_out(case)
    if isinstance(case, exp.Predicate) and isinstance(node, exp.Sum):
        from .predicates import clause

        return Phrase(f"number of {scope.rows()} {clause(case, scope)}")
    if not isinstance(case, exp.Case | exp.If) or not isinstance(node, exp.Sum | exp.Avg):
        return None
    branch = case.args["ifs"][0] if isinstance(case, exp.Case) else case
    value, default = branch.args["true"], case.args.get("default" if isinstance(case, exp.Case) else "false")
    rows = f"{scope.rows()} {_when(case, scope)}"
    unit = isinstance(value, exp.Literal) and not value.is_string and float(value.this) == 1
    if default is not None and not (isinstance(default, exp.Literal) and default.this == "0"):
        raise Unsayable("aggregate of a CASE with another default than 0")
    if isinstance(node, exp.Avg) and unit and default is not None:
        return Phrase(f"share (0 to 1) of {rows}")
    if isinstance(node, exp.Sum) and unit:
        return Phrase(f"number of {rows}")
    word = lexicon.AGGREGATES[type(node)]
    if isinstance(node, exp.Avg) and default is not None:
        raise Unsayable("AVG of a CASE with a default")
    return Phrase(f"{word} {phrase(value, scope).text} of {rows}")


def _filtered(node: exp.Filter, scope: Scope) -> Phrase:
    from .predicates import clause

    inner, rows = phrase(node.this, scope), f"{scope.rows()} {clause(node.expression.this, scope)}"
    if isinstance(node.this, exp.Count) and isinstance(node.this.this, exp.Star):
        return Phrase(f"number of {rows}")
    return inner.of(f"{inner.text} of only the {rows}")


def _ordered_set(node: exp.WithinGroup, scope: Scope) -> Phrase:
    key = node.expression.expressions[0]
    if key.args.get("desc"):
        raise Unsayable("descending ordered-set aggregate")
    subject = phrase(key.this, scope)
    if isinstance(node.this, exp.Mode):
        return subject.of(f"most frequent {subject.text}")
    return _percentile(node.this.this, subject, isinstance(node.this, exp.PercentileDisc))


def _percentile(share: exp.Expr, subject: Phrase, discrete: bool) -> Phrase:
    if not isinstance(share, exp.Literal):
        raise Unsayable("several percentiles at once")
    percent = f"{float(share.name) * 100:g}"
    if percent == "50" and not discrete:
        return subject.of(f"median {subject.text}")
    suffix = " (an actual value, not interpolated)" if discrete else ""
    ordinal = {"1": "st", "2": "nd", "3": "rd"}.get(percent[-1:], "th") if percent[-2:-1] != "1" else "th"
    return subject.of(f"{percent}{ordinal} percentile of {subject.the()}{suffix}")


def _paired(node: exp.Expr, scope: Scope) -> Phrase:
    first, second = (phrase(a, scope) for a in arguments(node)[:2])
    words = lexicon.PAIRED[type(node)].format(first.the(), second.the(), a=first.text, b=second.text)
    kind = first.kind if isinstance(node, exp.ArgMax | exp.ArgMin) else "number"
    return Phrase(words, kind)


def _logical(node: exp.Expr, scope: Scope) -> Phrase:
    from .predicates import clause

    every = "every" if isinstance(node, exp.LogicalAnd) else "at least one"
    return Phrase(f"whether {every} {scope.row_noun} is one {clause(node.this, scope)}", "flag")


def _collected(node: exp.Expr, scope: Scope) -> Phrase:
    from .queries import order_phrase

    inner, order = node.this, ""
    if isinstance(inner, exp.Order):
        order = f" {order_phrase(inner, scope)}"
        inner = inner.this
    distinct = "different " if isinstance(inner, exp.Distinct) else ""
    subject = phrase(inner.expressions[0] if distinct else inner, scope)
    separator = node.args.get("separator")
    joined = f" separated by '{separator.name}'" if isinstance(separator, exp.Literal) else ""
    if isinstance(node, exp.GroupConcat):
        return Phrase(f"{distinct}{subject.many()} joined into one text{joined or ' with commas'}{order}", "text")
    shape = "JSON array" if isinstance(node, exp.JSONArrayAgg) else "array"
    return Phrase(f"{shape} of the {distinct}{subject.many()}{order}", "text")
