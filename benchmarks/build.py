"""Pairs per second per engine, and where the time goes: `python benchmarks/build.py [N] [DATABASE] [DIALECT …]`.

Builds N pairs (default 100) of DATABASE (default flights) per engine into a temporary folder, then sets the build
against the engine alone: the same statements, as often, with nothing around them. Where Ray is installed, the same
pairs are then built on a cluster of this machine's cores; its seconds begin once it is there.
"""

import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.run_directory import ItemResult, Totals
from isogloss.graphs.work import Cluster
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


def on_ray(config: BuildConfig, out: Path) -> float:
    """Pairs per second of the same build on all cores, the engines' start included."""
    summary = build(replace(config, out=out, cluster=Cluster()), Stages())
    return summary.totals.kept / summary.seconds


def engine_alone(dialect: str, database: str, run: Path) -> float:
    """Seconds for the run's statements alone: each as often as a build executes it, two at a time."""
    with closing(sqlite3.connect(run / "trace.sqlite")) as trace:
        rows = trace.execute("SELECT sql FROM steps WHERE node = 'execute' AND outcome = 'runs'").fetchall()
    with open_engine(dialect, database) as engine, ThreadPoolExecutor(2) as threads:
        began = time.perf_counter()
        list(threads.map(engine.execute, [sql for (sql,) in rows for _ in range(2)]))
        return time.perf_counter() - began


def row(config: BuildConfig, folder: Path) -> list[str]:
    """Build, and return a line of the table."""
    stages = Stages()
    began = time.process_time()
    summary = build(replace(config, out=folder / config.dialect), stages)
    busy = time.process_time() - began
    spent = per_node(summary.directory)
    whole = sum(spent.values())
    parts = ", ".join(f"{node} {seconds / whole:.0%}" for node, seconds in list(spent.items())[:4])
    alone = engine_alone(config.dialect, config.db, summary.directory)
    totals = summary.totals
    return [
        summary.engine,
        f"{totals.kept}/{totals.items}",
        f"{stages.preparation():.1f} s",
        f"{totals.kept / summary.seconds:.1f}",
        f"{1000 * busy / totals.items:.0f} ms",
        f"{summary.seconds / alone:.1f} x",
        f"{on_ray(config, folder / f'{config.dialect}-ray'):.1f}" if find_spec("ray") else "-",
        parts,
    ]


def main() -> None:
    number, database, *dialects = [*sys.argv[1:], *("100", "flights")[len(sys.argv) - 1 :]]
    columns = (
        "engine",
        "kept",
        "preparation",
        "pairs/s",
        "processor an item",
        "against engine alone",
        "pairs/s on Ray",
    )
    table = Table(*columns, "where the time goes")
    with tempfile.TemporaryDirectory() as folder:
        for dialect in dialects or DIALECTS:
            table.add_row(*row(BuildConfig(dialect, database, int(number)), Path(folder)))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
