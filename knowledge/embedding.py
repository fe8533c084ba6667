"""The offline embedding model: WordLlama, 256 dimensions, weights and tokenizer from its wheel."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return unit vectors, one row per text; all 0 for a text without words."""
    vectors: NDArray[np.float32] = _model().embed(list(texts))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


@cache
def _model() -> Any:
    import wordllama

    # The wheel carries the tokenizer in `tokenizers/`, but looks for it in `tokenizer/` before it turns to the
    # network; as a cache folder the same place is read rightly.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
