"""Our own corpora: enough sections, and every example runs on its engine."""

import pytest
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.keywords import keyword_in
from isogloss.knowledge.verify import verify_corpus
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.outcome import Outcome


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_example_runs_and_returns_rows(dialect: str) -> None:
    with open_engine(dialect, "shop") as engine:
        results = list(verify_corpus(load_corpus(dialect, "builtin"), engine))
    unsupported = [r for r in results if r.execution.outcome is Outcome.UNSUPPORTED]
    assert len(unsupported) <= (0.05 * len(results) if engine.stand_in else 0)
    results = [r for r in results if r not in unsupported]
    failed = [(r.snippet.title, r.execution.error) for r in results if r.execution.outcome is not Outcome.RUNS]
    empty = [r.snippet.title for r in results if not r.execution.rows]
    assert (failed, empty) == ([], [])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sections_teach_something_each(dialect: str) -> None:
    snippets = load_corpus(dialect, "builtin").snippets
    assert len(snippets) >= 40
    assert [s.title for s in snippets if not s.examples or not s.keywords] == []
    assert len({s.title for s in snippets}) == len(snippets)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_examples_use_what_they_teach(dialect: str) -> None:
    snippets = load_corpus(dialect, "builtin").snippets
    unused = [s.title for s in snippets if not any(keyword_in(e, s.keywords[0], dialect) for e in s.examples)]
    assert unused == []
