"""Preferences to learn from: of two queries for one question the one that is right, and one proved wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tools.errors import UsageError
from ..tools.json_lines import read_json_lines
from .examples import is_chat, require_format
from .prompt_format import Prompt, completion

_TEXTS = ("id", "plain", "dialect", "database", "grade")
_CHATS = ("prompt", "chosen", "rejected")
_ANEW = "write the file with isogloss sample"


@dataclass(frozen=True, slots=True)
class PreferenceExample:
    """A prompt, the completion to prefer and the one to avoid; ``grade`` says why the second is wrong.

    ``evaluation``: models are evaluated on its database.
    """

    id: str
    prompt: Prompt
    chosen: str
    rejected: str
    dialect: str
    database: str
    grade: str
    evaluation: bool = False


def preference_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return files of preferences as they are, and of runs of ``isogloss sample`` the file within."""
    return tuple(path / "preferences.jsonl" if path.is_dir() else path for path in paths)


def read_preferences(paths: Sequence[Path]) -> list[PreferenceExample]:
    """Read files of preferences, as ``isogloss sample`` writes them, or its runs, one after the other.

    Raises ``UsageError``, with the file and the line, for what is no preference, has nothing wrong to avoid or has
    another prompt format than this version, and where there is no preference at all.
    """
    files = preference_files(paths)
    found = [_preference(record, place) for file in files for place, record in read_json_lines(file)]
    if not found:
        raise UsageError(
            f"{', '.join(map(str, files)) or 'What was given'} holds no preferences: of no question there is a right "
            "query and one proved wrong. Sample more answers (isogloss sample -n)."
        )
    return found


def _preference(record: dict[str, Any], place: str) -> PreferenceExample:
    wanting = [name for name in _TEXTS if not isinstance(record.get(name), str)]
    wanting += [name for name in _CHATS if not is_chat(record.get(name))]
    if wanting:
        raise UsageError(f"{place} is no preference ({', '.join(wanting)}): {_ANEW}.")
    require_format(record, place)
    prompt, chosen, rejected = (record[name] for name in _CHATS)
    right, wrong = (completion(chat[-1]["content"]) for chat in (chosen, rejected))
    if right == wrong:
        raise UsageError(f"{place} has the same query to prefer and to avoid: {_ANEW}.")
    texts = {name: record[name] for name in _TEXTS if name != "plain"}
    asked, evaluation = Prompt(prompt, record["plain"]), bool(record.get("evaluation_database"))
    return PreferenceExample(prompt=asked, chosen=right, rejected=wrong, evaluation=evaluation, **texts)
