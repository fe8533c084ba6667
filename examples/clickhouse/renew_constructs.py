"""Renew `isogloss_clickhouse/constructs.tsv`: `python renew_constructs.py`, where the example is installed.

Functions are those of ``system.functions`` but for what every dialect has: the names that the catalogues of SQLite,
DuckDB and Oracle share and that Isogloss's own table leaves out. Of the syntax in that table, ClickHouse has what runs.
Rows with a pattern are ClickHouse's alone, are written by hand and stay.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from chdb.session import Session
from isogloss.tools.catalogue import engine_functions
from isogloss.tools.dialect_constructs import functions, syntax
from isogloss.tools.engines import open_engine
from isogloss.tools.outcome import Outcome

TABLE = Path(__file__).parent / "isogloss_clickhouse" / "constructs.tsv"
NAMED = "FROM system.functions WHERE match(name, '^[A-Za-z][A-Za-z0-9_]*$')"
# Every aggregate takes the suffix If.
QUERY = f"SELECT upper(name) {NAMED} UNION DISTINCT SELECT upper(concat(name, 'If')) {NAMED} AND is_aggregate"
OPERATORS = {"AND", "OR", "NOT", "XOR", "IN", "LIKE", "ILIKE", "IF"}  # written so in every dialect, or as CASE


def runs() -> Iterator[list[str]]:
    """Yield Isogloss's syntax whose example ClickHouse executes."""
    with open_engine("clickhouse", "shop", workers=1) as engine:
        for construct in syntax():
            if construct.example and engine.execute(construct.example).outcome is Outcome.RUNS:
                yield ["syntax", construct.name, "", "", construct.example]


def main() -> None:
    """Write the table anew."""
    everywhere = engine_functions("sqlite") & engine_functions("duckdb") & engine_functions("oracle")
    own = set(str(Session().query(QUERY, "TabSeparatedRaw")).split()) - (everywhere - functions().keys()) - OPERATORS
    with TABLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    by_hand = [row for row in rows if row[3]]
    listed = [["function", name, "", "", ""] for name in sorted(own)]
    written = [header, *by_hand, *runs(), *listed]
    TABLE.write_text("".join("\t".join(row) + "\n" for row in written), encoding="utf-8")


if __name__ == "__main__":
    main()
