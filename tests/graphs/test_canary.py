"""A database's password, and a key in the environment, are in no file of a run, no output and no error."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from isogloss.tools.engines import engine_status
from isogloss.tools.engines.mysql_database import load_at as load_into_mysql
from isogloss.tools.engines.mysql_server import MysqlServer
from isogloss.tools.engines.postgres_database import load_at as load_into_postgres
from isogloss.tools.engines.postgres_server import PostgresServer
from isogloss.tools.sources.shop import Shop

CANARY = "canary/7f3a@9c b"  # what a URL must escape, and so in two spellings
SPELLINGS = (CANARY, quote(CANARY, safe=""), "canary%2F", "canary/7f3a")
KEY = "canary-key-51d0"
MEMORY = 2**30


@contextmanager
def postgres_url(form: str) -> Iterator[str]:
    """Yield a URL with a password, before the host or among the parameters, of a PostgreSQL that holds the shop."""
    with closing(PostgresServer(MEMORY)) as server:
        at = f"/postgres?host={server.folder}"
        user = f"postgresql+psycopg://postgres:{quote(CANARY, safe='')}@{at}"
        parameters = f"postgresql+psycopg://{at}&user=postgres&password={quote(CANARY, safe='')}"
        load_into_postgres(user, Shop())
        yield user if form == "user" else parameters


@contextmanager
def mysql_url(form: str) -> Iterator[str]:
    """Yield a URL with a password of a MySQL that holds the shop."""
    import pymysql

    with closing(MysqlServer(MEMORY)) as server:
        root = server.address("root")
        with closing(pymysql.connect(**root)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
            cursor.execute("CREATE USER me IDENTIFIED BY %s", [CANARY])
            cursor.execute("GRANT ALL ON shop.* TO me")
        socket = quote(root["unix_socket"])
        url = f"mysql+pymysql://me:{quote(CANARY, safe='')}@/shop?unix_socket={socket}"
        load_into_mysql(url, Shop())
        yield url


URLS = {"postgres": postgres_url, "mysql": mysql_url}
FORMS = [("postgres", "user"), ("postgres", "parameters"), ("mysql", "user")]


def isogloss(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with a key in its environment."""
    environment = {**os.environ, "ISOGLOSS_HOME": str(home), "ACME_API_KEY": KEY}
    command = [sys.executable, "-m", "isogloss", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, cwd=home)


def assert_clean(text: str) -> None:
    """Fail if a secret is in the text, without showing which text."""
    assert not [secret for secret in (*SPELLINGS, KEY) if secret in text], text


@pytest.mark.parametrize(("dialect", "form"), FORMS)
def test_a_run_keeps_no_secret(dialect: str, form: str, tmp_path: Path) -> None:
    if not {status.dialect: status.ready for status in engine_status()}[dialect]:
        pytest.skip(f"the embedded engine of {dialect} is not installed")
    with URLS[dialect](form) as url:
        build = ["build", "--dialect", dialect, "--db", url, "--n", "3", "--out", str(tmp_path / "run")]
        done = isogloss(tmp_path, *build)
        assert done.returncode == 0, done.stderr
        hostile = isogloss(tmp_path, "exec", "--dialect", dialect, url, "SELECT 1 FROM nowhere")
    lost = isogloss(tmp_path, *build)
    assert lost.returncode != 0
    for each in (done, hostile, lost):
        assert_clean(each.stdout + each.stderr)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"pairs.jsonl", "trace.sqlite"} <= {path.name for path in written}
    for path in written:
        assert_clean(path.read_bytes().decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("dialect", "place"),
    [
        ("postgres", "postgresql+psycopg://me:{}@127.0.0.1:1/none"),
        ("postgres", "postgresql+psycopg://127.0.0.1:1/none?user=me&password={}"),
        ("mysql", "mysql+pymysql://me:{}@127.0.0.1:1/none"),
        ("oracle", "oracle+oracledb://me:{}@127.0.0.1:1/?service_name=none"),
        ("bigquery", "bigquery://me:{}@none/none"),
        ("sqlite", "nosuchscheme://me:{}@127.0.0.1/none"),
    ],
)
def test_an_error_shows_no_secret(dialect: str, place: str, tmp_path: Path) -> None:
    url = place.format(quote(CANARY, safe=""))
    done = isogloss(tmp_path, "exec", "--dialect", dialect, url, "SELECT 1")
    assert done.returncode == 2, done.stderr
    assert_clean(done.stdout + done.stderr)
