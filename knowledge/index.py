"""The index over a corpus: ChromaDB for meaning, BM25 for exact keywords, their rankings fused."""

import fcntl
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

import chromadb
from chromadb.api.types import Documents, EmbeddingFunction, Embeddings
from chromadb.config import Settings
from rank_bm25 import BM25Okapi

from ..tools.home import home
from .corpus import Corpus
from .embedding import embed
from .snippet import Hit, Snippet

_FUSION = 60  # the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)
_DEPTH = 20  # how far down each ranking counts
_BATCH = 1000
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[^\sA-Za-z0-9_.,;()'\"`]+")


class WordLlamaEmbedding(EmbeddingFunction[Documents]):
    """Our embedding model as ChromaDB wants it."""

    def __init__(self) -> None:
        """Load nothing yet."""

    def __call__(self, input: Documents) -> Embeddings:
        """Return a vector per text."""
        return cast(Embeddings, list(embed(input)))


class Index:
    """An open index; safe to search from several threads."""

    def __init__(self, corpus: Corpus, collection: chromadb.Collection, lock: IO[str] | None) -> None:
        self._snippets = {snippet.id: snippet for snippet in corpus.snippets}
        self._collection = collection
        self._lock = lock
        self._searching = threading.Lock()
        self._ids = list(self._snippets)
        self._words = BM25Okapi([_words(_text(s)) for s in self._snippets.values()])

    def search(self, query: str, k: int = 4) -> list[Hit]:
        """Return the ``k`` best snippets, best first, by reciprocal rank fusion of both rankings."""
        with self._searching:
            near = self._collection.query(query_texts=[query], n_results=min(_DEPTH, len(self._ids)))["ids"][0]
        scores: dict[str, float] = {}
        for ranking in (near, self._by_words(query)):
            for rank, name in enumerate(ranking):
                scores[name] = scores.get(name, 0.0) + 1 / (_FUSION + rank)
        best = sorted(scores, key=lambda name: (-scores[name], name))[:k]
        return [Hit(self._snippets[name], scores[name]) for name in best]

    def _by_words(self, query: str) -> list[str]:
        scores = self._words.get_scores(_words(query))
        order = sorted(range(len(self._ids)), key=lambda i: (-scores[i], self._ids[i]))
        return [self._ids[i] for i in order[:_DEPTH] if scores[i] > 0]

    def close(self) -> None:
        """Give the index up to other processes."""
        if self._lock is not None:
            self._lock.close()


def open_index(corpus: Corpus) -> Index:
    """Open the index of exactly this corpus, building it if it is missing, incomplete or broken.

    One process owns the index on disk; any other, meanwhile, works on one in memory.
    """
    folder = home() / "index"
    lock = _locked(folder)
    if lock is None:
        return Index(corpus, _filled(chromadb.EphemeralClient(_settings()), corpus), None)
    try:
        return Index(corpus, _filled(_client(folder), corpus), lock)
    except Exception:  # whatever is wrong with the files, the corpus is the source of truth
        _forget(folder)
        return Index(corpus, _filled(_client(folder), corpus), lock)


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
    shutil.rmtree(folder / "chroma", ignore_errors=True)


def _filled(client: Any, corpus: Corpus) -> chromadb.Collection:
    """Return the collection of this corpus, named by its hash, so that no other's snippets can be in it."""
    name = f"{corpus.dialect}-{corpus.hash[:32]}"
    collection: chromadb.Collection = client.get_or_create_collection(name, embedding_function=WordLlamaEmbedding())
    snippets = list({s.id: s for s in corpus.snippets}.values())
    if collection.count() != len(snippets):
        client.delete_collection(name)
        collection = client.create_collection(name, embedding_function=WordLlamaEmbedding())
        for start in range(0, len(snippets), _BATCH):
            batch = snippets[start : start + _BATCH]
            collection.add(ids=[s.id for s in batch], documents=[_text(s) for s in batch])
    return collection


def _text(snippet: Snippet) -> str:
    return f"{snippet.title}\n{snippet.text}\n{' '.join(snippet.keywords)}"


def _words(text: str) -> Sequence[str]:
    return [word.lower() for word in _WORD.findall(text)]
