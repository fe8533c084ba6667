"""The process that loads a database: ``python -m isogloss_clickhouse.filling FOLDER`` runs its ``load.json``."""

import json
import sys
from pathlib import Path

from .connection import connect

_SETTINGS = {
    "data_type_default_nullable": 1,  # a column is nullable unless it says NOT NULL, as in other dialects
    "precise_float_parsing": 1,
    "enable_time_time64_type": 1,
    "max_threads": 1,
}


def main(folder: Path) -> None:
    """Make the database of ``folder``, whose statements are in ``load.json``."""
    session = connect(folder / "database", _SETTINGS)
    for statement in json.loads((folder / "load.json").read_text()):
        session.query(statement)
    session.close()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except RuntimeError as error:
        sys.exit(str(error))
