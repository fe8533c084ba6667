"""Noun phrases for functions of a dialect's own, by the words its descriptor has for them."""

from sqlglot import exp

from ...tools.dialects import get_dialect
from .arithmetic import bracketed
from .expressions import phrase
from .naming import Phrase
from .scope import Scope, Unsayable

_ROWS = "{rows}"  # in the words: the rows that the last argument, a condition, chooses


def own_function(node: exp.Expr, scope: Scope) -> Phrase:
    """Return the phrase of a function that sqlglot has no class for; raises ``Unsayable`` if the dialect has no words.

    The words are those of `Dialect.words`, with ``{0}``, ``{a}`` as in the lexicon.
    """
    name, given = _called(node)
    if name.upper() not in get_dialect(scope.dialect).words:
        raise Unsayable(name)
    words, kind = get_dialect(scope.dialect).words[name.upper()]
    rows = _chosen(given.pop(), scope) if _ROWS in words and given else ""
    said = [bracketed(argument, phrase(argument, scope)) for argument in given]
    letters = {letter: each.text for letter, each in zip("abcd", said, strict=False)}
    try:
        text = words.format(*(each.the() for each in said), **letters, rows=rows)
    except (IndexError, KeyError) as error:
        raise Unsayable(f"{name} with fewer arguments") from error
    return Phrase(text, said[0].kind if kind == "same" and said else kind)


def _called(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    """Return a function's name and its arguments, its parameters, as in ``topK(3)(x)``, last."""
    if isinstance(node, exp.ParameterizedAgg):
        return str(node.this), [*node.args["params"], *node.expressions]
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return str(node.name), list(node.expressions)
    return node.key, []


def _chosen(condition: exp.Expr, scope: Scope) -> str:
    from .predicates import clause

    return f"{scope.rows()} {clause(condition, scope)}"
