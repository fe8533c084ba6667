"""The index over a corpus: vectors in ChromaDB, ranked together with exact keywords."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.types import Documents, EmbeddingFunction, Embeddings
from chromadb.config import Settings

from ..tools.errors import UsageError
from ..tools.home import home
from .corpus import Corpus
from .embedding import embed
from .ranking import Ranking
from .snippet import Hit

_BATCH = 1000
_PORT = 8000  # of a ChromaDB server, unless the address says
_REMEMBERED = 1000  # queries


class WordLlamaEmbedding(EmbeddingFunction[Documents]):
    """Our embedding model as ChromaDB wants it."""

    def __init__(self) -> None:
        """Load nothing yet."""

    def __call__(self, input: Documents) -> Embeddings:
        """Return a vector per text."""
        return cast(Embeddings, list(embed(input)))


class Index:
    """An index, read whole; safe to search from several threads, and always with the same result.

    The vectors are kept in ChromaDB and compared exactly: its approximate search differs between two builds.
    """

    def __init__(self, corpus: Corpus, collection: chromadb.Collection) -> None:
        self._snippets = sorted({s.id: s for s in corpus.snippets}.values(), key=lambda s: s.id)
        stored = collection.get(include=["embeddings"])
        vectors = dict(zip(stored["ids"], cast(Any, stored["embeddings"]), strict=True))
        titles = np.asarray([vectors[s.id] for s in self._snippets], dtype=np.float32)
        self._ranking = Ranking(self._snippets, titles)
        self._known: dict[tuple[str, int], list[Hit]] = {}  # runs ask for the same keywords again and again

    def search(self, query: str, k: int = 4) -> list[Hit]:
        """Return the ``k`` best snippets, best first."""
        if (query, k) not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known = {}
            self._known[query, k] = self._best(query, k)
        return list(self._known[query, k])

    def _best(self, query: str, k: int) -> list[Hit]:
        scores = self._ranking.scores(query, embed([query])[0])
        best = (-scores).argsort(kind="stable")[:k]
        return [Hit(self._snippets[i], float(scores[i])) for i in best]


def open_index(corpus: Corpus) -> Index:
    """Open the index of exactly this corpus, building it if it is missing, incomplete or broken.

    It is kept by the ChromaDB server at ``$ISOGLOSS_CHROMA`` if that is set, else in Isogloss's own folder.
    While one process opens the index on disk, any other makes one in memory.
    Raises ``UsageError`` if the server cannot be asked.
    """
    server = os.environ.get("ISOGLOSS_CHROMA")
    if server:
        return _served(server, corpus)
    folder = home() / "index"
    lock = _locked(folder)
    if lock is None:
        return Index(corpus, _filled(chromadb.EphemeralClient(_settings()), corpus))
    with lock:
        try:
            return Index(corpus, _filled(_client(folder), corpus))
        except Exception:  # whatever is wrong with the files, the corpus is the source of truth
            _forget(folder)
            return Index(corpus, _filled(_client(folder), corpus))


def _served(server: str, corpus: Corpus) -> Index:
    try:
        parts = urlsplit(server)
        encrypted = parts.scheme == "https"
        port = parts.port or (443 if encrypted else _PORT)
        client = chromadb.HttpClient(parts.hostname or "", port, encrypted, settings=_settings())
        return Index(corpus, _filled(client, corpus))
    except Exception as error:  # the server's own, the connection's, an address that is none
        raise UsageError(
            f"No index can be kept by the ChromaDB server of ISOGLOSS_CHROMA ({' '.join(str(error).split())[:120]}): "
            "give its address as http://HOST:8000, or unset it."
        ) from error


def _locked(folder: Path) -> IO[str] | None:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "owner.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _settings() -> Settings:
    return Settings(anonymized_telemetry=False)


def _client(folder: Path) -> Any:
    return chromadb.PersistentClient(str(folder / "chroma"), _settings())


def _forget(folder: Path) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
    files = folder / "chroma"
    if files.is_dir():
        shutil.rmtree(files)
    else:
        files.unlink(missing_ok=True)


def _filled(client: Any, corpus: Corpus) -> chromadb.Collection:
    """Return the collection of this corpus, named by its hash, so that no other's snippets can be in it."""
    name = f"{corpus.dialect}-{corpus.hash[:32]}"
    collection: chromadb.Collection = client.get_or_create_collection(name, embedding_function=WordLlamaEmbedding())
    snippets = list({s.id: s for s in corpus.snippets}.values())
    if collection.count() != len(snippets):
        for start in range(0, len(snippets), _BATCH):
            batch = snippets[start : start + _BATCH]
            collection.upsert(ids=[s.id for s in batch], documents=[s.title or s.text for s in batch])
    return collection
