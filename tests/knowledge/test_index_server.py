"""The index kept by a ChromaDB server: the same answers, whoever fills it, and nothing kept here."""

import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chromadb.api.shared_system_client import SharedSystemClient
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import Index, open_index
from isogloss.tools.errors import UsageError
from isogloss.tools.home import home

# ChromaDB's client leaves its connections to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
_SECONDS = 60


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    yield
    SharedSystemClient.clear_system_cache()
    gc.collect()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Run a ChromaDB server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--path", str(tmp_path / "chroma"), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + _SECONDS
        while not listening(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.kill()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def found(index: Index) -> list[tuple[str, float]]:
    return [(hit.snippet.id, hit.score) for hit in index.search("group by month", 5)]


def test_a_server_gives_what_the_folder_gives(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = load_corpus("sqlite", "builtin")
    monkeypatch.setenv("ISOGLOSS_CHROMA", server)
    with ThreadPoolExecutor(3) as pool:  # which fill it at once
        served = list(pool.map(lambda _: found(open_index(corpus)), range(3)))
    assert not (home() / "index").exists()
    monkeypatch.delenv("ISOGLOSS_CHROMA")
    assert served == [found(open_index(corpus))] * 3


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense", "http://127.0.0.1:port"])
def test_a_server_that_is_not_there_is_said_in_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_CHROMA", address)
    with pytest.raises(UsageError, match="No index can be kept by the ChromaDB server of ISOGLOSS_CHROMA") as caught:
        open_index(load_corpus("sqlite", "builtin"))
    assert "\n" not in str(caught.value)
