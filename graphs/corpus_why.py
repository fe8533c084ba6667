"""Which snippets led to a pair: what was retrieved for it, and which of these taught it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..knowledge.corpus import load_corpus
from ..tools.errors import UsageError
from .run_catalog import find_item
from .run_files import read_record
from .tracing.query import Story, read_story


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A snippet as it was retrieved in a step: for the template, or to mend an attempt."""

    step: str
    id: str
    title: str
    score: float
    file: str
    keywords: tuple[str, ...]
    text: str
    taught: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item's construct comes from: what was searched for, what was found, what was made of it."""

    run: Path
    item: str
    status: str
    question: str | None
    sql: str | None
    corpus: str
    focus: str | None
    keywords: tuple[str, ...]
    snippets: tuple[Retrieved, ...]

    @property
    def teacher(self) -> Retrieved | None:
        """The snippet that taught the item, None if its template stayed as it was."""
        return next((snippet for snippet in self.snippets if snippet.taught), None)


def item_of(words: list[str]) -> tuple[Path, str]:
    """Return the run and the item named by ``[RUN] PAIR_ID`` or ``[RUN] ITEM``; raises ``UsageError`` if none is.

    The id of a pair ends with the number of its item.
    """
    *named_run, named = words
    pairs, _, number = named.rpartition("-")
    run, item = find_item([*named_run, number])
    facts = _lineage(run)
    if pairs and facts and pairs != (called := f"{facts['dialect']}-{facts['database']}-{facts['seed']}"):
        raise UsageError(f"{run} has no pair '{named}': its pairs are called {called}-N. Name the pair's run.")
    return run, item


def origin(run: Path, item: str) -> Origin:
    """Return which snippets led to an item; raises ``UsageError`` if the run has no such item or retrieved nothing."""
    story = read_story(run, item)
    told = _told(story)
    folder, corpus = _corpus_of(run, story.dialect)
    snippets = tuple(
        Retrieved(
            step.node,
            found["id"],
            found["title"],
            found["score"],
            str(folder / found["source"]) if folder else found["source"],
            tuple(found["keywords"]),
            found["text"],
            step.node == "retrieve" and found["id"] == told.get("taught_by"),
        )
        for step in story.steps
        for found in step.snippets
    )
    if not snippets:
        raise UsageError(f"Nothing was retrieved for item {item} of {run}: its run takes no tutorials.")
    summary = story.summary
    return Origin(
        run,
        item,
        summary["status"],
        summary["question"],
        summary["sql"],
        corpus,
        told.get("focus"),
        tuple(told.get("keywords", ())),
        snippets,
    )


def _told(story: Story) -> dict[str, Any]:
    """Return what the steps that retrieve and expand changed."""
    return {
        name: value for step in story.steps if step.node in ("retrieve", "expand") for name, value in step.delta.items()
    }


def _corpus_of(run: Path, dialect: str) -> tuple[Path | None, str]:
    """Return the folder of the run's corpus, None if it is gone or changed since, and what it is called."""
    facts = _lineage(run)
    name = facts.get("corpus", "")
    try:
        corpus = load_corpus(dialect, name)
    except UsageError:
        return None, f"{name}, gone since" if name else "unknown"
    if corpus.hash != facts.get("corpus_hash"):
        return None, f"{name}, changed since"
    return corpus.path, name


def _lineage(run: Path) -> dict[str, Any]:
    """Return where the run's pairs come from; empty if it was never noted."""
    record = read_record(run / "run.json") or {}
    found: dict[str, Any] = record.get("notes", {}).get("lineage") or record.get("summary", {})
    return found
