"""What a run of translations came to: by who wrote the query and by outcome."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..run_catalog import find_run
from ..tracing.query import rejections
from .nodes import RULES, grade

WRITERS = ("sqlglot", *RULES, "model")
_NO_EVIDENCE = ("vacuous", "unsupported", "gold hangs on chance", "gold does not run")


@dataclass(frozen=True, slots=True)
class WriterCounts:
    """How the queries of one writer fared, by grade."""

    writer: str
    grades: dict[str, int]

    @property
    def matched(self) -> int:
        """How many gave the original's rows."""
        return self.grades.get("match", 0)


@dataclass(frozen=True, slots=True)
class TranslationReport:
    """The outcomes of a run: ``writers`` in the order they are asked in, ``unmatched`` questions by their reasons.

    ``provable`` questions have gold that runs, is deterministic and proves something, and no engine says that it cannot
    answer; a database that does not load counts against us.
    """

    dialect: str
    questions: int
    matched: int
    provable: int
    writers: tuple[WriterCounts, ...]
    unmatched: dict[str, int]

    @property
    def share(self) -> float | None:
        """The share of provable questions whose translation gives the original's rows."""
        return self.matched / self.provable if self.provable else None


def translation_report(run: Path) -> TranslationReport:
    """Count the outcomes of a run; raises ``UsageError`` if it is none."""
    run = find_run(run)
    counts: dict[str, Counter[str]] = {writer: Counter() for writer in WRITERS}
    with (run / "attempts.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            attempt = json.loads(line)
            counts[attempt["by"]][grade(attempt)] += 1
    unmatched = rejections(run)
    matched = sum(found["match"] for found in counts.values())
    questions = matched + sum(unmatched.values())
    no_evidence = sum(unmatched.get(reason, 0) for reason in _NO_EVIDENCE)
    config = json.loads((run / "run.json").read_text(encoding="utf-8"))["config"]
    writers = tuple(WriterCounts(writer, dict(found.most_common())) for writer, found in counts.items() if found)
    return TranslationReport(config["dialect"], questions, matched, questions - no_evidence, writers, unmatched)
