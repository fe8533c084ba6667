"""Replies on disk: the same request to the same model, asked again, costs nothing."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import SecretStr

from ..tools.errors import UsageError
from ..tools.home import home

_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
  key TEXT PRIMARY KEY,     -- SHA-256 of model, settings, tools and messages
  model TEXT NOT NULL,
  reply TEXT NOT NULL,      -- LangChain's AIMessage as JSON
  made TEXT NOT NULL DEFAULT current_timestamp
) WITHOUT ROWID
"""
_BUSY = 30.0  # seconds to wait for another process's write
# Settings that say how a model is reached, not what it answers.
_TRANSPORT = {"cache", "callbacks", "max_retries", "metadata", "name", "request_timeout", "tags", "timeout", "verbose"}


class ReplyCache:
    """The replies kept in one SQLite file, by default in Isogloss's folder; several processes may use it at once."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, made if it is not there; raises ``UsageError`` if it cannot be used."""
        self.path = path or home() / "replies.sqlite"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise UsageError(f"Cannot keep replies in {self.path}: {why}; use --no-cache.") from error
        self._run("PRAGMA journal_mode = WAL")
        self._run("PRAGMA synchronous = NORMAL")
        self._run(_SCHEMA)

    def find(self, key: str) -> AIMessage | None:
        """Return the reply kept under ``key``, if there is one."""
        row = self._run("SELECT reply FROM replies WHERE key = ?", key).fetchone()
        return AIMessage.model_validate_json(row[0]) if row else None

    def keep(self, key: str, model: str, reply: AIMessage) -> None:
        """Keep a reply; of two under one key the first stays."""
        stored = reply.model_dump_json()
        self._run("INSERT OR IGNORE INTO replies (key, model, reply) VALUES (?, ?, ?)", key, model, stored)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _run(self, sql: str, *parameters: str) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, parameters)
        except sqlite3.Error as error:
            raise UsageError(
                f"Cannot use the replies in {self.path} ({error}): delete it, or use --no-cache."
            ) from error


def setting_text(model: BaseChatModel, tools: Sequence[Any]) -> str:
    """Return all but the messages that a reply depends on: the model's class and settings, and the tools, as JSON."""
    fields = {n: getattr(model, n) for n in sorted(type(model).model_fields) if n not in _TRANSPORT}
    settings = {n: v for n, v in fields.items() if _is_plain(v)}
    schemas = [convert_to_openai_tool(t) for t in tools]
    return json.dumps([type(model).__qualname__, settings, schemas], sort_keys=True, default=str)


def request_key(settings: str, messages: Sequence[BaseMessage]) -> str:
    """Return the key of a request. Ids of messages and calls do not count: they differ from run to run."""
    said = [
        [m.type, m.content, [[c["name"], c["args"]] for c in getattr(m, "tool_calls", [])], getattr(m, "status", "")]
        for m in messages
    ]
    return hashlib.sha256(json.dumps([settings, said], default=str).encode()).hexdigest()


def _is_plain(value: Any) -> bool:
    """Say whether a value is a setting that can be written down: no client, no callback, no secret."""
    if isinstance(value, dict):
        return all(_is_plain(v) for v in value.values())
    if isinstance(value, list | tuple | set):
        return all(_is_plain(v) for v in value)
    return not isinstance(value, SecretStr) and (value is None or isinstance(value, str | int | float | bool))
