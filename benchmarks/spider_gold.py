"""How far a transpiler alone carries queries: `python benchmarks/spider_gold.py SPIDER [DIALECT…]`.

SPIDER is a folder with Spider's `dev.json` and `database/`. Each gold query runs on its own SQLite file; then the
database is loaded, typed, into every other dialect's engine, the query is transpiled by sqlglot, executed and its
rows are compared with the gold's. Queries whose gold is nondeterministic are counted apart.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlglot
from isogloss.tools.canonical import rules_between
from isogloss.tools.compare import compare, compare_results
from isogloss.tools.determinism import tie_break_variants
from isogloss.tools.dialects import DIALECTS, get_dialect
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import IsoglossError
from isogloss.tools.ordering import ranked
from isogloss.tools.outcome import Execution, Limits, Outcome
from rich.console import Console
from rich.progress import track
from sqlglot.errors import SqlglotError

_LIMITS = Limits(seconds=10.0)
_ENOUGH = (Outcome.MATCH, Outcome.VACUOUS)  # both empty is the same rows, though it proves little

Ranks = Sequence[int] | None  # the place of each row in the order a query asks for
Gold = tuple[str, Execution, Ranks, bool]  # the query, its result, the order of it, whether it hangs on ties


def questions(spider: Path) -> dict[str, list[str]]:
    """Return the gold queries of each database that is there."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in json.loads((spider / "dev.json").read_text()):
        found[item["db_id"]].append(item["query"])
    return {name: queries for name, queries in found.items() if _file(spider, name).exists()}


def _file(spider: Path, database: str) -> Path:
    return spider / "database" / database / f"{database}.sqlite"


def gold(engine: Engine, queries: list[str]) -> Iterator[Gold]:
    """Yield the queries that run on their own SQLite file, executed."""
    for query in queries:
        execution = engine.execute(query)
        if execution.outcome is Outcome.RUNS:
            yield query, *ranked(engine, execution), _hangs_on_ties(engine, query, execution)


def _hangs_on_ties(engine: Engine, query: str, first: Execution) -> bool:
    try:
        variants = tie_break_variants(query, "sqlite", engine.schema())
    except SqlglotError:
        return False
    again = (engine.execute(variant) for variant in variants)
    return any(e.outcome is Outcome.RUNS and compare(first, e, ordered=False) is Outcome.MISMATCH for e in again)


def judged(engine: Engine, query: str, wanted: Execution, ranks: Ranks) -> str:
    """Return what the transpiled query comes to: ``same rows``, ``other rows`` or why there are none."""
    try:
        said = sqlglot.transpile(query, read="sqlite", write=get_dialect(engine.dialect).sqlglot)[0]
    except SqlglotError:
        return "not transpiled"
    execution = engine.execute(said)
    if execution.outcome is not Outcome.RUNS:
        return str(execution.error_class or execution.outcome)
    same = compare_results(wanted, execution, ranks, rules_between("sqlite", engine.dialect)).outcome in _ENOUGH
    return "same rows" if same else "other rows"


def main() -> None:
    spider, dialects = Path(sys.argv[1]), sys.argv[2:] or [d for d in DIALECTS if d != "sqlite"]
    counts: dict[str, Counter[str]] = {dialect: Counter() for dialect in dialects}
    stable: dict[str, Counter[str]] = {dialect: Counter() for dialect in dialects}
    engines: dict[str, str] = {}
    for name, queries in track(questions(spider).items(), console=Console(stderr=True)):
        path = str(_file(spider, name))
        with open_engine("sqlite", path, limits=_LIMITS) as sqlite:
            wanted = list(gold(sqlite, queries))
        for dialect in dialects:
            try:
                with open_engine(dialect, path, limits=_LIMITS) as engine:
                    engines[dialect] = engine.version
                    verdicts = [(judged(engine, *each[:3]), each[3]) for each in wanted]
            except IsoglossError as error:
                print(f"{name} does not load into {dialect}: {error}", file=sys.stderr)
                verdicts = [("not loaded", each[3]) for each in wanted]
            counts[dialect].update(verdict for verdict, _ in verdicts)
            stable[dialect].update(verdict for verdict, ties in verdicts if not ties)
    report(counts, stable, engines)


def report(counts: dict[str, Counter[str]], stable: dict[str, Counter[str]], engines: dict[str, str]) -> None:
    print("| dialect | engine | queries | executes | same rows | same rows, of those not hanging on ties | the rest |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    for dialect, found in counts.items():
        total, runs = found.total(), found["same rows"] + found["other rows"]
        rest = ", ".join(f"{what} {n}" for what, n in found.most_common() if what != "same rows")
        sure = stable[dialect]
        shares = [f"{runs / total:.1%}", f"{found['same rows'] / total:.1%}", f"{sure['same rows'] / sure.total():.1%}"]
        print(f"| {dialect} | {engines.get(dialect, '')} | {total} | {' | '.join(shares)} | {rest} |")


if __name__ == "__main__":
    main()
