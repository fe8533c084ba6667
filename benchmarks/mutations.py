"""Whether wrong queries are told apart: `python benchmarks/mutations.py SPIDER [DATABASE…]`.

SPIDER is a folder with Spider's `dev.json` and `database/`. Every distinct gold query that runs is changed one way at
a time and compared with itself unchanged, on its own SQLite file. What is not told apart is counted by why.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from isogloss.tools.compare import Comparison, Label, Rows
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import Limits, Outcome
from isogloss.tools.query_comparison import compare_queries
from isogloss.tools.render import render
from rich.console import Console
from rich.progress import track
from sqlglot import exp, parse_one

_DIALECT, _LIMITS = "sqlite", Limits(seconds=10.0)
_TOLD_APART = "told apart"

_OTHER_AGGREGATE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Max: exp.Min, exp.Min: exp.Max, exp.Avg: exp.Sum, exp.Sum: exp.Avg,
}  # fmt: skip


def drop_where(tree: exp.Expr) -> bool:
    """Drop the first WHERE; return whether there was one."""
    where = tree.find(exp.Where)
    return where is not None and where.pop() is not None


def flip_direction(tree: exp.Expr) -> bool:
    """Flip the direction of the first ordering key."""
    key = tree.find(exp.Ordered)
    if key is not None:
        key.set("desc", not key.args.get("desc"))
        key.set("nulls_first", not key.args.get("nulls_first"))
    return key is not None


def add_distinct(tree: exp.Expr) -> bool:
    """Add DISTINCT to the outermost SELECT."""
    if not isinstance(tree, exp.Select) or tree.args.get("distinct"):
        return False
    tree.set("distinct", exp.Distinct())
    return True


def lose_distinct(tree: exp.Expr) -> bool:
    """Drop the first DISTINCT, of a SELECT or inside an aggregate."""
    distinct = tree.find(exp.Distinct)
    if distinct is not None and distinct.expressions:
        distinct.replace(distinct.expressions[0])
    elif distinct is not None:
        distinct.pop()
    return distinct is not None


def change_aggregate(tree: exp.Expr) -> bool:
    """Change the first aggregate: MAX and MIN, AVG and SUM, COUNT(x) to MAX(x), COUNT(*) to COUNT(DISTINCT x)."""
    node = tree.find(*_OTHER_AGGREGATE, exp.Count)
    column = node.find(exp.Column) or tree.find(exp.Column) if node is not None else None
    if node is None or column is None:
        return False
    if isinstance(node.this, exp.Star):
        node.set("this", exp.Distinct(expressions=[column.copy()]))
    elif isinstance(node, exp.Count):
        node.replace(exp.Max(this=column.copy()))
    else:
        node.replace(_OTHER_AGGREGATE[type(node)](this=node.this))
    return True


def keep_left(tree: exp.Expr) -> bool:
    """Make the last join a LEFT one: rows without a partner are kept."""
    return _join_on(tree, "LEFT")


def keep_right(tree: exp.Expr) -> bool:
    """Make the last join a RIGHT one: rows without a partner on the other side are kept."""
    return _join_on(tree, "RIGHT")


def _join_on(tree: exp.Expr, side: str) -> bool:
    joins = [join for join in tree.find_all(exp.Join) if join.args.get("on") and join.side != side]
    for join in joins[-1:]:
        join.set("side", side)
        join.set("kind", None)
    return bool(joins)


def change_literal(tree: exp.Expr) -> bool:
    """Change the first literal of a condition: a number by one, a text by a letter."""
    for where in tree.find_all(exp.Where, exp.Having):
        for literal in where.find_all(exp.Literal):
            changed = f"{literal.this}x" if literal.is_string else str(float(literal.this) + 1).removesuffix(".0")
            literal.replace(exp.Literal(this=changed, is_string=literal.is_string))
            return True
    return False


MUTATIONS: dict[str, Callable[[exp.Expr], bool]] = {
    "dropped WHERE": drop_where,
    "flipped direction": flip_direction,
    "added DISTINCT": add_distinct,
    "lost DISTINCT": lose_distinct,
    "changed aggregate": change_aggregate,
    "join side LEFT": keep_left,
    "join side RIGHT": keep_right,
    "changed literal": change_literal,
}


def mutants(query: str) -> Iterator[tuple[str, str]]:
    """Yield each mutation that can be made to ``query``, and what it makes of it."""
    for name, mutate in MUTATIONS.items():
        tree = parse_one(query, read=_DIALECT)
        if mutate(tree):
            yield name, render(tree, _DIALECT)


def verdict(comparison: Comparison) -> str:
    """Return ``told apart``, or why a mutant was not."""
    if comparison.label in (Label.MISMATCH, Label.SUPERSET):
        return _TOLD_APART
    if comparison.outcome is Outcome.MATCH:
        return _sameness(comparison.gold.rows, comparison.predicted.rows)
    return {Label.VACUOUS: "both empty", Label.NONDETERMINISTIC: "gold hangs on ties"}.get(
        comparison.label, f"does not run ({comparison.label})"
    )


def _sameness(gold: Rows, mutant: Rows) -> str:
    """Say how rows are equal, by the driver's own values: what the comparison lets pass would show here."""
    if Counter(map(repr, gold)) != Counter(map(repr, mutant)):
        return "equal, not identical"
    return "one row, the same" if len(gold) == 1 else "the same rows"


def judged(engine: Engine, apart: Engine, query: str) -> Iterator[tuple[str, str]]:
    """Yield each mutation of ``query`` with its verdict; the query itself comes first, as ``unchanged``."""
    for name, mutant in [("unchanged", query), *mutants(query)]:
        try:
            yield name, verdict(compare_queries(engine, query, mutant, apart=apart))
        except UsageError:  # gold itself does not run
            return


def main() -> None:
    spider, wanted = Path(sys.argv[1]), sys.argv[2:]
    queries: dict[str, dict[str, None]] = defaultdict(dict)  # each query once, in order
    for item in json.loads((spider / "dev.json").read_text(encoding="utf-8")):
        queries[item["db_id"]][item["query"]] = None
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("unchanged", *MUTATIONS)}
    for name in track(wanted or list(queries), console=Console(stderr=True)):
        path = spider / "database" / name / f"{name}.sqlite"
        if not path.exists():
            continue
        with open_engine(_DIALECT, str(path), workers=1, limits=_LIMITS) as engine, engine.apart() as apart:
            for query in queries[name]:
                for mutation, found in judged(engine, apart, query):
                    counts[mutation][found] += 1
    report(counts)


def report(counts: dict[str, Counter[str]]) -> None:
    print("| mutation | queries | told apart | of those that can be | the rest |")
    print("| --- | ---: | ---: | ---: | --- |")
    for mutation, found in counts.items():
        total, apart = found.total(), found[_TOLD_APART]
        judgeable = total - found["both empty"] - found["gold hangs on ties"]
        rest = ", ".join(f"{why} {n}" for why, n in found.most_common() if why != _TOLD_APART)
        shares = [f"{apart} ({apart / max(total, 1):.1%})", f"{apart / max(judgeable, 1):.1%}"]
        print(f"| {mutation} | {total} | {' | '.join(shares)} | {rest} |")


if __name__ == "__main__":
    main()
