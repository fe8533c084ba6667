"""Examples to learn from: a prompt, the query that answers it, and what may not be shared with what is held out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tools.errors import UsageError
from ..tools.json_lines import read_json_lines, write_json_lines
from .prompt_format import FORMAT, Prompt

_TEXTS = ("id", "plain", "completion", "dialect", "database", "template")


@dataclass(frozen=True, slots=True)
class Example:
    """One question as a model is asked it, and the query that it is to say.

    ``template`` is the shape of the query, the same for two queries that differ in names and values alone;
    ``evaluation`` tells that models are evaluated on its database.
    """

    id: str
    prompt: Prompt
    completion: str
    dialect: str
    database: str
    template: str
    evaluation: bool = False


def read_examples(paths: Sequence[Path]) -> list[Example]:
    """Read files of examples, as ``isogloss train prepare`` writes them, one after the other.

    Raises ``UsageError``, with the file and the line, for what is no example or has another prompt format than this
    version, for a directory, and where there is no example at all.
    """
    found = [_example(record, place) for path in paths for place, record in read_json_lines(_file(path))]
    if not found:
        raise UsageError(f"{', '.join(map(str, paths)) or 'What was given'} holds no examples: prepare some pairs.")
    return found


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write examples whole or not at all, and return how many.

    Raises ``UsageError`` where the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_json_lines(path, map(_record, examples))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another place or make room.") from error


def distinct(examples: Iterable[Example]) -> list[Example]:
    """Return the examples, of those with the same prompt and completion the first."""
    found: dict[tuple[str, str], Example] = {}
    for example in examples:
        found.setdefault((example.prompt.plain, example.completion), example)
    return list(found.values())


def _file(path: Path) -> Path:
    if path.is_dir():
        raise UsageError(f"{path} is a directory: prepare it first: isogloss train prepare {path} --out examples.jsonl")
    return path


def _record(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "messages": example.prompt.messages,
        "plain": example.prompt.plain,
        "completion": example.completion,
        "dialect": example.dialect,
        "database": example.database,
        "template": example.template,
        "prompt_format": FORMAT,
        "evaluation": example.evaluation,
    }


def _example(record: dict[str, Any], place: str) -> Example:
    wanting = [name for name in _TEXTS if not isinstance(record.get(name), str)]
    if wanting or not is_chat(record.get("messages")):
        raise UsageError(
            f"{place} is no example ({', '.join(wanting) or 'messages'}): write the file with isogloss train prepare."
        )
    require_format(record, place)
    texts = {name: record[name] for name in _TEXTS if name != "plain"}
    prompt = Prompt(record["messages"], record["plain"])
    return Example(**texts, prompt=prompt, evaluation=bool(record.get("evaluation")))


def is_chat(messages: Any) -> bool:
    """Tell whether a JSON value is a list of turns, each with a role and a content."""
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(turn, dict) for turn in messages)
        and all(isinstance(turn.get(key), str) for turn in messages for key in ("role", "content"))
    )


def require_format(record: dict[str, Any], place: str) -> None:
    """Raise ``UsageError`` if a record's prompt is of another format than ``prompt_format.FORMAT``."""
    if record.get("prompt_format") != FORMAT:
        raise UsageError(f"{place} has the prompt format {record.get('prompt_format')}, not {FORMAT}: write it anew.")
