"""The directory of an evaluation: each answer is kept once it is graded, whenever the process dies.

eval.json         what is evaluated, on which questions, when, by which command, and how it stands
answers.jsonl     a line per graded answer
references.jsonl  a line per question: gold in the dialect of the answers, null where there is none known
report.*          what it comes to
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from threading import Lock
from typing import Any

from ... import __version__
from ...agents.budget import Usage
from ...tools.errors import UsageError
from ...training.graded import GradedAnswer
from ..cleaning import Cleaner
from ..invocation import invocation
from ..run_files import JsonLines, RunLock, now, read_record, write_record

_RECORD, _LOCK, _ANSWERS, _REFERENCES = "eval.json", "eval.lock", "answers.jsonl", "references.jsonl"
_FIELDS = [field.name for field in fields(GradedAnswer)]


class EvalDirectory:
    """An evaluation that this process owns; thread-safe.

    ``answers`` has what was graded by question and sample, ``references`` gold in the dialect by question.
    """

    def __init__(self, path: Path, config: dict[str, Any]) -> None:
        """See ``open_directory``."""
        self.path = path
        self._writing, self._cleaner = Lock(), Cleaner()
        with ExitStack() as opened:
            lock = RunLock(path / _LOCK)
            opened.callback(lock.release)
            self.record = _record(path, self._cleaner.value(config))
            write_record(path / _RECORD, self.record)
            self._answers = opened.enter_context(closing(JsonLines(path / _ANSWERS)))
            self._references = opened.enter_context(closing(JsonLines(path / _REFERENCES)))
            graded = _values(path / _ANSWERS, self._answers.lines(), _FIELDS)
            self.answers = {(r["id"], r["sample"]): GradedAnswer(**r) for r in graded}
            known = _values(path / _REFERENCES, self._references.lines(), ("id", "sql"))
            self.references: dict[str, str | None] = {r["id"]: r["sql"] for r in known}
            self._open = opened.pop_all()

    def add(self, answer: GradedAnswer) -> None:
        """Keep a graded answer, unless there is one of this question and sample."""
        record = {**self._cleaner.value(answer.record()), "id": answer.id}
        with self._writing:
            if (answer.id, answer.sample) not in self.answers:
                self._answers.append([record])
                self.answers[answer.id, answer.sample] = answer

    def add_reference(self, question: str, sql: str | None) -> None:
        """Keep what a question's gold is in the dialect of the answers, unless that is known."""
        with self._writing:
            if question not in self.references:
                self._references.append([{"id": question, "sql": sql}])
                self.references[question] = sql

    def note(self, **facts: Any) -> None:
        """Keep facts beside the configuration, as JSON values."""
        self.record |= facts
        write_record(self.path / _RECORD, self.record)

    def close(self) -> None:
        """Record how many answers there are, and give the directory up to other processes."""
        with self._open:
            self.note(graded=len(self.answers))


@contextmanager
def open_directory(path: Path, config: dict[str, Any]) -> Iterator[EvalDirectory]:
    """Create the evaluation at ``path``, or go on with it if it was made with the same ``config``.

    Raises ``UsageError`` if it has another configuration, belongs to a live process, or cannot be written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with closing(EvalDirectory(path, config)) as directory:
            yield directory
    except OSError as error:
        raise UsageError(
            f"Cannot write to {path}: {error.strerror}. What was graded is safe; make room or choose another --out."
        ) from error


def read_evaluation(path: Path) -> tuple[dict[str, Any], list[GradedAnswer]]:
    """Return the record of an evaluation and its answers; raises ``UsageError`` if ``path`` is none."""
    record = read_record(path / _RECORD)
    if record is None or not (path / _ANSWERS).is_file():
        raise UsageError(f"{path} is no evaluation: name a directory that 'isogloss eval' wrote.")
    lines = (path / _ANSWERS).read_text(encoding="utf-8").split("\n")[:-1]
    return record, [GradedAnswer(**each) for each in _values(path / _ANSWERS, lines, _FIELDS)]


def spent_on(path: Path) -> Usage:
    """Return what a model has taken for the evaluation at ``path`` so far."""
    record = read_record(path / _RECORD) or {}
    return Usage(**record.get("spent", {}))


def note_spent(path: Path, spent: Usage) -> None:
    """Keep what a model has taken for the evaluation at ``path``, if there is one."""
    record = read_record(path / _RECORD)
    if record is not None:
        write_record(path / _RECORD, {**record, "spent": asdict(spent)})


def _record(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    record = read_record(path / _RECORD)
    if record is None:
        if {file.name for file in path.iterdir()} - {_LOCK, "eval.tmp"}:
            raise UsageError(f"{path} holds something other than an evaluation: choose another --out.")
        return {"status": "running", "isogloss": __version__, "created": now(), "config": config, **invocation()}
    old = record["config"]
    differing = sorted(key for key in {*old, *config} if old.get(key) != config.get(key))
    if differing:
        raise UsageError(f"{path} holds an evaluation that differs in {', '.join(differing)}: choose another --out.")
    return {k: v for k, v in record.items() if k != "graded"} | {"status": "running"} | invocation()


def _values(path: Path, lines: Iterable[str | bytes], fields: Iterable[str]) -> list[dict[str, Any]]:
    """Return the record in each line; raises ``UsageError`` where one lacks any of ``fields``."""
    try:
        return [{name: record[name] for name in fields} for record in map(json.loads, lines)]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path} was changed since it was written: restore it, or choose another --out.") from None
