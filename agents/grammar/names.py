"""Readable names for a filled query's table aliases, CTEs and output columns."""

import random
import re

from sqlglot import exp

_GENERATED = re.compile(r"^(out|cte|sub)_\d+$")
_BARE = 0.75  # share of the queries of one table that name it without an alias
_RESERVED = {"as", "in", "is", "on", "or", "by", "to", "do", "if", "no", "at"}


def name_outputs(tree: exp.Expr, rng: random.Random) -> exp.Expr:
    """Rename ``out_N``, ``cte_N``, ``sub_N`` and ``tN`` to names that say what they are; returns the same tree."""
    _rename_outputs(tree)
    _rename_ctes(tree, rng)
    _rename_aliases(tree)
    if rng.random() < _BARE:
        _drop_needless_alias(tree)
    return tree


def _rename_outputs(tree: exp.Expr) -> None:
    names: dict[str, str] = {}
    for alias in reversed(list(tree.find_all(exp.Alias))):  # inner ones first: outer names are made of theirs
        if _GENERATED.match(alias.alias) and alias.alias not in names:
            named = alias.this.copy()
            for column in named.find_all(exp.Column):
                column.set("this", exp.to_identifier(names.get(column.name, column.name)))
            names[alias.alias] = _unique(_output_name(named), set(names.values()))
    for alias in list(tree.find_all(exp.Alias)):
        if alias.alias in names:
            _name(alias, names[alias.alias])
    for column in tree.find_all(exp.Column):
        if column.name in names:
            column.set("this", exp.to_identifier(names[column.name]))


def _name(alias: exp.Alias, name: str) -> None:
    """Give an output its name, in words only if it is not a column's own."""
    if isinstance(alias.this, exp.Column) and alias.this.name == name:
        alias.replace(alias.this)
    else:
        alias.set("alias", exp.to_identifier(name))


def _output_name(node: exp.Expr) -> str:
    if isinstance(node, exp.Column):
        return node.name.lower() if node.this.args.get("quoted") else node.name
    if isinstance(node, exp.Window):
        return _window_name(node)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ROUND":
        return _output_name(node.expressions[0])
    if isinstance(node, exp.Sum) and isinstance(node.this, exp.Case | exp.If):
        branch = node.this.args["ifs"][0] if isinstance(node.this, exp.Case) else node.this
        return "matching_count" if isinstance(branch.args["true"], exp.Literal) else "matching_total"
    if isinstance(node, exp.Round | exp.Cast | exp.Paren | exp.Filter | exp.Coalesce):
        return _output_name(node.this)
    if isinstance(node, exp.WithinGroup):
        column = node.expression.find(exp.Column)
        return f"{node.this.key.replace('percentile', 'percentile_')}_{column.name.lower() if column else 'value'}"
    inner = node.find(exp.Column)
    tail = inner.name.lower() if inner is not None else ""
    if isinstance(node, exp.Count):
        return f"{tail}_count" if isinstance(node.this, exp.Distinct) and tail else "total_count"
    words = {
        exp.Avg: "avg",
        exp.Sum: "total",
        exp.Max: "max",
        exp.Min: "min",
        exp.GroupConcat: "list_of",
        exp.ArrayAgg: "list_of",
        exp.Extract: node.this.name.lower() if isinstance(node, exp.Extract) else "",
    }
    for kind, word in words.items():
        if isinstance(node, kind):
            return f"{word}_{tail}"
    if isinstance(node, exp.Case | exp.If | exp.Nvl2 | exp.DecodeCase):
        return "label"
    if isinstance(node, exp.CountIf) or (isinstance(node, exp.Sum) and isinstance(node.this.unnest(), exp.Predicate)):
        return "matching_count"
    if isinstance(node, exp.Sub):
        return "difference"
    if isinstance(node, exp.Div):
        return "ratio"
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return f"{node.args['unit'].name.lower()}_start"
    lead = next((word for kinds, word in _RESULTS.items() if isinstance(node, kinds)), "")
    return f"{lead or _called(node)}_{tail or 'value'}"


def _called(node: exp.Expr) -> str:
    """Return a function's name as part of another: ``datepart`` of DATE_PART, ``uniq_exact`` of uniqExact."""
    own = isinstance(node, exp.AnonymousAggFunc | exp.ParameterizedAgg)
    name = str(node.this) if own else node.name if isinstance(node, exp.Anonymous) else node.key
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    if words != name:
        return words.lower().removeprefix("to_")
    return re.sub(r"[^a-z]", "", name.lower())[:12]


_RESULTS: dict[tuple[type[exp.Expr], ...], str] = {
    (exp.TimeToStr, exp.ToChar, exp.NumberToStr): "formatted",
    (exp.DateAdd, exp.DateSub, exp.AddMonths, exp.TimestampAdd, exp.DatetimeAdd, exp.Add): "shifted",
    (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff, exp.MonthsBetween): "span_of",
    (exp.RegexpSubstr, exp.RegexpExtract): "match_in",
    (exp.SubstringIndex, exp.Substring, exp.Left, exp.Right, exp.SplitPart, exp.Bracket): "part_of",
    (exp.RegexpReplace, exp.Replace, exp.Translate): "changed",
    (exp.StrPosition, exp.RegexpInstr): "position_in",
    (exp.Trunc,): "whole",
    (exp.Pad,): "padded",
    (exp.DPipe, exp.Concat, exp.ConcatWs): "full",
    (exp.SafeDivide,): "ratio_of",
    (exp.Extract,): "part_of",
}


def _window_name(node: exp.Window) -> str:
    function = node.this
    if node.args.get("over") == "KEEP":
        return f"{'first' if node.args.get('first') else 'last'}_{_output_name(function)}"
    ranks = {
        exp.RowNumber: "row_num",
        exp.Rank: "position",
        exp.DenseRank: "position",
        exp.Ntile: "bucket",
        exp.PercentRank: "relative_rank",
        exp.CumeDist: "cumulative_share",
    }
    if type(function) in ranks:
        return ranks[type(function)]
    lead = {
        exp.Lag: "previous",
        exp.Lead: "next",
        exp.FirstValue: "first",
        exp.LastValue: "last",
        exp.NthValue: "nth",
    }.get(type(function))
    column = function.find(exp.Column)
    tail = column.name.lower() if column is not None else "rows"
    if lead is None:
        lead = "running" if node.args.get("order") is not None else f"group_{function.key[:3]}"
    return f"{lead}_{tail}"


def _rename_ctes(tree: exp.Expr, rng: random.Random) -> None:
    names: dict[str, str] = {}
    for cte in tree.find_all(exp.CTE):
        if _GENERATED.match(cte.alias):
            stem = "ranked" if cte.this.find(exp.Window) else "totals" if cte.this.find(exp.Group) else "selected"
            names[cte.alias] = _unique(stem, set(names.values()))
    for node in tree.find_all(exp.CTE):
        if node.alias in names:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(names[node.alias])))
    for table in tree.find_all(exp.Table):
        if table.name in names:
            table.set("this", exp.to_identifier(names[table.name]))


def _rename_aliases(tree: exp.Expr) -> None:
    """Give every FROM item a short alias from its name; templates number aliases over the whole query."""
    items = [*tree.find_all(exp.Table, exp.Subquery, exp.Lateral)]
    names: dict[str, str] = {}
    for item in items:
        old = item.alias
        if not old or old in names or isinstance(item.parent, exp.CTE):
            continue
        stem = item.name if isinstance(item, exp.Table) else "derived"
        letters = "".join(word[0] for word in re.split(r"[^a-z0-9]+", stem.lower()) if word) or "t"
        letters = letters if letters not in _RESERVED else f"{letters}1"
        names[old] = _unique(letters, set(names.values()))
    for item in items:
        if item.alias in names:
            item.set(
                "alias",
                exp.TableAlias(this=exp.to_identifier(names[item.alias]), columns=item.args["alias"].columns),
            )
    for column in tree.find_all(exp.Column):
        if column.table in names:
            column.set("table", exp.to_identifier(names[column.table]))


def _drop_needless_alias(tree: exp.Expr) -> None:
    """Read the only table of a query under its own name, unless a column could then be taken for something else."""
    sources = list(tree.find_all(exp.Table, exp.Subquery, exp.Lateral, exp.Unnest))
    if len(sources) != 1 or not isinstance(sources[0], exp.Table) or len(list(tree.find_all(exp.Select))) != 1:
        return
    columns = list(tree.find_all(exp.Column))
    others = {alias.alias.lower() for alias in tree.find_all(exp.Alias)} | {sources[0].name.lower(), sources[0].alias}
    if any(column.name.lower() in others or isinstance(column.this, exp.Star) for column in columns):
        return
    sources[0].set("alias", None)
    for column in columns:
        column.set("table", None)


def _unique(name: str, taken: set[str]) -> str:
    candidate, number, taken = name, 2, {other.lower() for other in taken}
    while candidate.lower() in taken:
        candidate, number = f"{name}{'' if name[-1].isdigit() is False else '_'}{number}", number + 1
    return candidate
