"""Databases in files elsewhere: fetched once, anew when they change, and named plainly when they cannot be had."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import pytest
from isogloss.tools.engines import open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.home import home
from isogloss.tools.sources import open_source
from isogloss.tools.sources.remote_files import on_this_machine

from ..s3_server import s3 as s3


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """Serve ``tmp_path`` over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def choir(path: Path, *names: str) -> Path:
    """Write a SQLite file with singers of these names."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE singer (name TEXT)")
        connection.executemany("INSERT INTO singer VALUES (?)", [(name,) for name in names])
    return path


def names_at(url: str) -> list[str]:
    with closing(open_source(url)) as source:
        return [name for (name,) in source.rows("singer")]


def versions() -> int:
    return len(list((home() / "fetched").iterdir()))


def test_a_file_on_s3_is_fetched_once_and_anew_when_it_changes(s3: str, tmp_path: Path) -> None:
    files, url = fsspec.filesystem("s3"), f"{s3}/sets/Choir.sqlite"
    files.put(str(choir(tmp_path / "choir.sqlite", "Ann")), url)
    assert names_at(url) == ["Ann"]
    with open_engine("sqlite", url, workers=1) as engine:
        assert engine.schema().name == "choir"
        assert engine.execute("SELECT name FROM singer").rows == (("Ann",),)
    assert versions() == 1
    files.put(str(choir(tmp_path / "choir.sqlite", "Bob", "Cy")), url)
    assert names_at(url) == ["Bob", "Cy"]
    assert versions() == 2


def test_a_folder_on_s3_is_fetched_whole(s3: str) -> None:
    files = fsspec.filesystem("s3")
    files.pipe({f"{s3}/choir/singer.csv": b"name\nAnn\n", f"{s3}/choir/song.csv": b"title,year\nOde,1824\n"})
    with closing(open_source(f"{s3}/choir/")) as source:
        assert {table.name for table in source.schema().tables} == {"singer", "song"}
        assert list(source.rows("song")) == [("Ode", 1824)]


def test_a_file_on_the_web_or_named_by_a_file_url_opens(web: str, tmp_path: Path) -> None:
    path = choir(tmp_path / "choir.sqlite", "Ann")
    assert names_at(f"{web}/choir.sqlite") == ["Ann"]
    assert on_this_machine(path.as_uri()) == str(path)


def test_an_engine_on_its_own_kind_of_file_attaches_what_was_fetched(s3: str, tmp_path: Path) -> None:
    url = f"{s3}/choir.sqlite"
    fsspec.filesystem("s3").put(str(choir(tmp_path / "choir.sqlite", "Ann")), url)
    for dialect in ("sqlite", "duckdb"):
        with open_engine(dialect, url, workers=1) as engine:
            assert engine.execute("SELECT COUNT(*) FROM singer").rows == ((1,),)


def test_what_cannot_be_fetched_is_said_in_a_sentence(s3: str, web: str) -> None:
    with pytest.raises(UsageError, match=r"^s3://data/none.sqlite cannot be fetched: there is no such file.$"):
        open_source(f"{s3}/none.sqlite")
    with pytest.raises(UsageError, match=r"none.sqlite cannot be fetched: there is no such file.$") as caught:
        open_source(web.replace("//", "//ann:hush@") + "/none.sqlite?sig=hush")
    assert "hush" not in str(caught.value)
    with pytest.raises(UsageError, match=r"^gs://bucket/x.sqlite cannot be fetched: .*gcsfs"):
        open_source("gs://bucket/x.sqlite")
    with pytest.raises(UsageError, match=r"^http://127.0.0.1:9/x.sqlite cannot be fetched: Cannot connect to host"):
        open_source("http://127.0.0.1:9/x.sqlite")
