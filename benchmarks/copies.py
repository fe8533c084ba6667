"""Does any database arrive whole in every engine? `python benchmarks/copies.py SOURCE… [--into DIALECT…]`.

Copies each source (files, folders, `DIALECT:script.sql`) into each engine and compares row counts and the checksum
of every column, as `isogloss load` does; prints a Markdown table of seconds, or of what differs.
"""

import sys
from pathlib import Path

from isogloss.graphs.load import load
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.errors import IsoglossError


def outcome(source: str, into: str) -> str:
    """Return the seconds a copy took, or what is not equal."""
    dialect, separator, path = source.partition(":")
    script = (path, dialect) if separator and dialect in DIALECTS else (source, None)
    try:
        report = load(script[0], into, script[1], lambda stage: None)
    except IsoglossError as error:
        return f"failed: {error}"
    differing = [f"{check.table} ({', '.join(check.differing)})" for check in report.tables if not check.equal]
    rows = sum(check.rows for check in report.tables)
    return f"differs: {'; '.join(differing)}" if differing else f"{rows:,} rows, {report.seconds:.1f} s"


def main() -> None:
    arguments = sys.argv[1:]
    cut = arguments.index("--into") if "--into" in arguments else len(arguments)
    dialects = arguments[cut + 1 :] or list(DIALECTS)
    print(f"| source | {' | '.join(dialects)} |")
    print(f"| --- |{' ---: |' * len(dialects)}")
    for source in arguments[:cut]:
        cells = [outcome(source, dialect) for dialect in dialects]
        print(f"| {Path(source).name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
