"""Copying databases and comparing the copy with its source, column by column."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import copy_database, open_engine
from isogloss.tools.engines.folding import FoldedSource
from isogloss.tools.errors import UsageError
from isogloss.tools.identifiers import natural_identifier
from isogloss.tools.loaded import check_loaded
from isogloss.tools.memory_source import MAKERS, THINGS, MemorySource, small
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Table
from isogloss.tools.sources import open_source


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_engine_holds_what_its_source_does(dialect: str) -> None:
    source = small()
    with open_engine(dialect, source, workers=1) as engine:
        checks = list(check_loaded(source, engine))
    assert [(check.table, check.rows, check.differing) for check in checks] == [("makers", 2, ()), ("things", 3, ())]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_empty_table_is_a_table(dialect: str) -> None:
    empty = MemorySource({MAKERS: [], THINGS: []})
    with open_engine(dialect, empty, workers=1) as engine:
        assert [(check.table, check.rows) for check in check_loaded(empty, engine)] == [("makers", 0), ("things", 0)]
        assert engine.sample_values("makers", "name") == []


def _changed(place: int, value: Any) -> MemorySource:
    source = small()
    row = source.tables[THINGS][0]
    source.tables[THINGS][0] = (*row[:place], value, *row[place + 1 :])
    return source


@pytest.mark.parametrize("place", range(1, len(THINGS.columns) - 1))
def test_a_lost_value_is_seen(place: int) -> None:
    with open_engine("duckdb", small(), workers=1) as engine:
        [_, check] = check_loaded(_changed(place, None), engine)
    assert check.differing == (THINGS.columns[place].name,)
    assert not check.equal


def test_a_lost_row_is_seen() -> None:
    fewer = small()
    fewer.tables[MAKERS].pop()
    with open_engine("sqlite", fewer, workers=1) as engine:
        [check, _] = check_loaded(small(), engine)
    assert (check.source_rows, check.rows, check.equal) == (2, 1, False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import duckdb

    (tmp_path / "pets.csv").write_text('id,name,born,weight\n1,"Rex, the dog",2020-02-29,1.5\n2,,2021-01-01,\n')
    with closing(duckdb.connect()) as connection:
        file = str(tmp_path / "owners.parquet")
        connection.execute(f"COPY (SELECT 1 AS owner_id, TIMESTAMP '2024-01-01 10:00:00' AS since) TO '{file}'")
    return tmp_path


def test_a_folder_of_files_is_a_source_with_types(folder: Path) -> None:
    with closing(open_source(str(folder))) as source:
        types = {t.name: [c.type.value for c in t.columns] for t in source.schema().tables}
        assert types == {"owners": ["integer", "timestamp"], "pets": ["integer", "text", "date", "float"]}
        with open_engine("postgres", source, workers=1) as engine:
            assert all(check.equal for check in check_loaded(source, engine))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no CSV"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("suffix", [".sqlite", ".duckdb"])
def test_a_copy_in_a_file_stays(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"copy{suffix}"
    with copy_database(small(), str(path)) as engine:
        assert len(engine.execute("SELECT * FROM things").rows) == 3
    with closing(open_source(str(path))) as again:
        assert [table.name for table in again.schema().tables] == ["makers", "things"]
    with pytest.raises(UsageError, match="exists"):
        copy_database(small(), str(path))


@pytest.mark.parametrize("into", ["nowhere", "copy.xlsx", "mongodb://localhost/x"])
def test_a_place_without_a_dialect_is_refused(into: str) -> None:
    with pytest.raises(UsageError, match="Cannot copy into"):
        copy_database(small(), into)


@pytest.fixture
def mixed() -> FoldedSource:
    artist = Table("Artist", (Column("ArtistId", ColumnType.INTEGER), Column("Full Name", ColumnType.TEXT)))
    album = Table(
        "Album",
        (Column("ID", ColumnType.INTEGER), Column("id", ColumnType.INTEGER), Column("By", ColumnType.INTEGER)),
        foreign_keys=(ForeignKey(("By",), "Artist", ("ArtistId",)),),
    )
    return FoldedSource(MemorySource({artist: [(1, "x")], album: []}))


def test_names_fold_unless_only_quotes_can_hold_them(mixed: FoldedSource) -> None:
    artist, album = mixed.schema().tables
    assert (artist.name, [c.name for c in artist.columns]) == ("artist", ["artistid", "Full Name"])
    assert [c.name for c in album.columns] == ["ID", "id", "by"]
    assert album.foreign_keys == (ForeignKey(("by",), "artist", ("artistid",)),)
    assert list(mixed.rows("artist")) == [(1, "x")]


@pytest.mark.parametrize(
    ("name", "dialect", "written"),
    [
        ("price", "oracle", "price"),
        ("date", "oracle", '"DATE"'),
        ("Full Name", "oracle", '"Full Name"'),
        ("order", "postgres", '"order"'),
        ("groups", "mysql", "`groups`"),
        ("hash", "bigquery", "`hash`"),
        ("ArtistId", "postgres", '"ArtistId"'),
    ],
)
def test_names_are_quoted_only_where_needed(name: str, dialect: str, written: str) -> None:
    assert natural_identifier(name, dialect).sql(dialect) == written


def test_alien_values_are_compared_as_the_text_they_became() -> None:
    [things] = [table for table in small().tables if table.name == "things"]
    odd = replace(things, name="odd")
    source = MemorySource({odd: list(small().tables[things])})
    with open_engine("postgres", source, workers=1) as engine:
        assert engine.schema().table("odd").column("mixed").type is ColumnType.TEXT
        assert all(check.equal for check in check_loaded(source, engine))
