"""Ranking snippets for a query: exact keywords by BM25, meaning by embedded titles, in equal parts.

`benchmarks/retrieval.py` compares this with its parts and with other embedding models.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from .snippet import Snippet

Scores = NDArray[np.float64]
_TITLE_WEIGHT = 3  # a word of the title counts as often as this in the text
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[^\sA-Za-z0-9_.,;()'\"`]+")


class Ranking:
    """The snippets of one corpus, with a unit vector per title, ready to be ranked."""

    def __init__(self, snippets: Sequence[Snippet], titles: NDArray[np.float32]) -> None:
        self._keywords = keyword_index(snippets)
        self._titles = titles

    def scores(self, query: str, vector: NDArray[np.float32]) -> Scores:
        """Return a score from 0 to 1 per snippet; ``vector`` is the query's embedding."""
        by_keyword = np.asarray(self._keywords.get_scores(words_of(query)), dtype=np.float64)
        return (scaled(by_keyword) + scaled(np.asarray(self._titles @ vector, dtype=np.float64))) / 2


def keyword_index(snippets: Sequence[Snippet]) -> BM25Okapi:
    """Return a BM25 index over titles, texts and keywords."""
    return BM25Okapi([words_of(f"{f'{s.title} ' * _TITLE_WEIGHT}{s.text} {' '.join(s.keywords)}") for s in snippets])


def scaled(scores: Scores) -> Scores:
    """Return ``scores`` moved to the range from 0 to 1; all 0 if they are equal."""
    reach = float(np.ptp(scores))
    return (scores - scores.min()) / reach if reach else np.zeros_like(scores)


def words_of(text: str) -> list[str]:
    """Return the words and operators of a text, lower case."""
    return [word.lower() for word in _WORD.findall(text)]
