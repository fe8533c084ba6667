"""A small database that questions are asked of."""

import sqlite3
from contextlib import closing
from pathlib import Path

SCHOOL = """
CREATE TABLE pupil (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
INSERT INTO pupil VALUES (1, 'Ann', 9), (2, 'Bob', 11), (3, 'Cyd', 12), (4, 'Dan', 12), (5, 'Eve', 15);
"""


def school(folder: Path, name: str = "school") -> Path:
    path = folder / "database" / name / f"{name}.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHOOL)
    return path
