"""Pairs per second per engine, and where the time goes: `python benchmarks/build.py [N]`.

Builds N pairs (default 100) of the flights database per engine into a temporary folder, then sets the build
against the engine alone: the same statements, as often, with nothing around them.
"""

import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from isogloss.graphs.build import BuildConfig, Summary, build
from isogloss.graphs.run_directory import ItemResult, Totals
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from rich.console import Console
from rich.table import Table


class Stages:
    """Times the stages of a build."""

    def __init__(self) -> None:
        self.began: list[tuple[str, float]] = []

    def on_stage(self, name: str) -> None:
        """Remember when a stage began."""
        self.began.append((name, time.perf_counter()))

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """Items are counted in the summary."""

    def on_sql(self, sql: str) -> None:
        """Statements are read from the trace."""

    def preparation(self) -> float:
        """Seconds from the first stage to the last."""
        return self.began[-1][1] - self.began[0][1]


def per_node(run: Path) -> dict[str, float]:
    """Seconds spent in each node, summed over items; several are under way at a time."""
    with closing(sqlite3.connect(run / "trace.sqlite")) as trace:
        return dict(trace.execute("SELECT node, sum(seconds) FROM steps GROUP BY node ORDER BY 2 DESC"))


def engine_alone(dialect: str, run: Path) -> float:
    """Seconds for the run's statements alone: each as often as a build executes it, two at a time."""
    with closing(sqlite3.connect(run / "trace.sqlite")) as trace:
        rows = trace.execute("SELECT sql FROM steps WHERE node = 'execute' AND outcome = 'runs'").fetchall()
    with open_engine(dialect, "flights") as engine, ThreadPoolExecutor(2) as threads:
        began = time.perf_counter()
        list(threads.map(engine.execute, [sql for (sql,) in rows for _ in range(2)]))
        return time.perf_counter() - began


def row(dialect: str, summary: Summary, stages: Stages) -> list[str]:
    spent = per_node(summary.directory)
    whole = sum(spent.values())
    parts = ", ".join(f"{node} {seconds / whole:.0%}" for node, seconds in list(spent.items())[:4])
    alone = engine_alone(dialect, summary.directory)
    totals = summary.totals
    return [
        summary.engine,
        f"{totals.kept}/{totals.items}",
        f"{stages.preparation():.1f} s",
        f"{totals.kept / summary.seconds:.1f}",
        f"{summary.seconds / alone:.1f} x",
        parts,
    ]


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    table = Table("engine", "kept", "preparation", "pairs/s", "time against engine alone", "where the time goes")
    with tempfile.TemporaryDirectory() as folder:
        for dialect in DIALECTS:
            stages = Stages()
            summary = build(BuildConfig(dialect, "flights", pairs, out=Path(folder) / dialect), stages)
            table.add_row(*row(dialect, summary, stages))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
