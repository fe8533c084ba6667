"""Whether wrong queries are told apart: `python benchmarks/mutations.py SPIDER [DATABASE…]`.

SPIDER is a folder with Spider's `dev.json` and `database/`. Every distinct gold query that runs is changed one way at
a time and compared with itself unchanged, on its own SQLite file. What is not told apart is counted by why.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from isogloss.tools import mutation_rules as rules
from isogloss.tools.compare import Comparison, Label, Rows
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.mutation_rules import Rule
from isogloss.tools.outcome import Limits, Outcome
from isogloss.tools.query_comparison import compare_queries
from isogloss.tools.render import render
from rich.console import Console
from rich.progress import track
from sqlglot import parse_one

_DIALECT, _LIMITS = "sqlite", Limits(seconds=10.0)
_TOLD_APART = "told apart"

MUTATIONS: dict[str, Rule] = {
    "dropped WHERE": rules.drop_where,
    "flipped direction": rules.flip_direction,
    "added DISTINCT": rules.add_distinct,
    "lost DISTINCT": rules.lose_distinct,
    "changed aggregate": rules.change_aggregate,
    "join side LEFT": rules.keep_left,
    "join side RIGHT": rules.keep_right,
    "changed literal": rules.change_literal,
}
_AT_THE_LAST_PLACE = (rules.keep_left, rules.keep_right)  # the others at the first


def mutants(query: str) -> Iterator[tuple[str, str]]:
    """Yield each mutation that can be made to ``query``, and what it makes of it at one place."""
    for name, rule in MUTATIONS.items():
        trees = list(rules.changed(parse_one(query, read=_DIALECT), rule))
        if trees:
            yield name, render(trees[-1 if rule in _AT_THE_LAST_PLACE else 0], _DIALECT)


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
