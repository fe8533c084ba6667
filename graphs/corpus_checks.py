"""Whether the examples of a corpus run, summed up by the class of what went wrong."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ..knowledge.corpus import load_corpus
from ..knowledge.verify import ExampleResult, verify_corpus
from ..tools.engines import open_engine
from ..tools.outcome import Execution, Outcome

TUTORIAL_DATABASE = "shop"  # the one that every example runs on


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that did not run: the snippet it is from, what went wrong and the engine's words."""

    snippet: str
    title: str
    sql: str
    what: str
    error: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How the examples of a corpus ran on an engine; ``classes`` counts what went wrong, the most frequent first."""

    dialect: str
    corpus: str
    engine: str
    examples: int
    ran: int
    classes: dict[str, int]
    failures: tuple[Failure, ...]


def verify(dialect: str, corpus: str | None, tell: Callable[[int, int], None]) -> Verification:
    """Execute every example of a corpus in the dialect's own engine; ``tell`` hears how many of how many are done."""
    loaded = load_corpus(dialect, corpus)
    examples = sum(len(snippet.examples) for snippet in loaded.snippets)
    failures: list[Failure] = []
    with open_engine(dialect, TUTORIAL_DATABASE) as engine:
        for done, result in enumerate(verify_corpus(loaded, engine), 1):
            if result.execution.outcome is not Outcome.RUNS:
                failures.append(_failure(result))
            tell(done, examples)
        version = engine.version
    classes = dict(Counter(failure.what for failure in failures).most_common())
    return Verification(
        loaded.dialect, loaded.name, version, examples, examples - len(failures), classes, tuple(failures)
    )


def _failure(result: ExampleResult) -> Failure:
    done, snippet = result.execution, result.snippet
    return Failure(snippet.id, snippet.title, result.sql, _what(done), done.error or done.rule or str(done.outcome))


def _what(done: Execution) -> str:
    if done.error_class is not None:
        return str(done.error_class)
    return f"{done.outcome}: {done.rule}" if done.rule else str(done.outcome)
