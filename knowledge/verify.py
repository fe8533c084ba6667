"""Whether the examples of a corpus run: each executed on the dialect's engine."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..tools.engines import Engine
from ..tools.outcome import Execution
from .corpus import Corpus
from .snippet import Snippet


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """An example of a snippet and what came of executing it."""

    snippet: Snippet
    sql: str
    execution: Execution


def verify_corpus(corpus: Corpus, engine: Engine) -> Iterator[ExampleResult]:
    """Execute every example of ``corpus`` on ``engine``, which has the tutorial database loaded."""
    for snippet in corpus.snippets:
        for sql in snippet.examples:
            yield ExampleResult(snippet, sql, engine.execute(sql))
