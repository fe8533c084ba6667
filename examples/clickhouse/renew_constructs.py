"""Renew the functions in `isogloss_clickhouse/constructs.tsv`: `python renew_constructs.py`, where chDB is installed.

They are those of ``system.functions`` but for what every dialect has: the names that the catalogues of SQLite, DuckDB
and Oracle share and that Isogloss's own table leaves out. Rows of syntax are written by hand and stay.
"""

import csv
from pathlib import Path

from chdb.session import Session
from isogloss.tools.catalogue import engine_functions
from isogloss.tools.dialect_constructs import functions

TABLE = Path(__file__).parent / "isogloss_clickhouse" / "constructs.tsv"
NAMED = "FROM system.functions WHERE match(name, '^[A-Za-z][A-Za-z0-9_]*$')"
# Every aggregate takes the suffix If.
QUERY = f"SELECT upper(name) {NAMED} UNION DISTINCT SELECT upper(concat(name, 'If')) {NAMED} AND is_aggregate"
OPERATORS = {"AND", "OR", "NOT", "XOR", "IN", "LIKE", "ILIKE", "IF"}  # written so in every dialect, or as CASE


def main() -> None:
    """Write the table anew."""
    everywhere = engine_functions("sqlite") & engine_functions("duckdb") & engine_functions("oracle")
    own = set(str(Session().query(QUERY, "TabSeparatedRaw")).split()) - (everywhere - functions().keys()) - OPERATORS
    with TABLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    by_hand = [row for row in rows if row[0] == "syntax"]
    listed = [["function", name, "", "", ""] for name in sorted(own)]
    TABLE.write_text("".join("\t".join(row) + "\n" for row in [header, *by_hand, *listed]), encoding="utf-8")


if __name__ == "__main__":
    main()
