"""Prompts as files: a system text per agent, and the material of a request as fenced sections."""

import hashlib
import re
from functools import cache
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from ..tools.errors import UsageError
from ..tools.home import home

_BUILT_IN = Path(__file__).parent / "prompts"
_SECTION = re.compile(r"<(?P<name>[a-z_]+)>\n(?P<body>.*?)\n</(?P=name)>", re.DOTALL)


@cache
def prompt_names() -> list[str]:
    """Return the names of the prompts that the agents use."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.md"))


def own_prompt(name: str) -> Path:
    """Return where a text of the user's own is looked for, to be used in the place of the built-in one."""
    return home() / "prompts" / f"{name}.md"


def copy_prompt(name: str) -> Path:
    """Copy a built-in prompt to where the user's own is looked for, to be edited there, and return that file.

    Raises ``UsageError`` if there is one already, or no such prompt.
    """
    own = own_prompt(name)
    if own.exists():
        raise UsageError(f"{own} is there already: edit it, or delete it first.")
    text = prompt_text(name)
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text, encoding="utf-8")
    return own


def prompt_text(name: str) -> str:
    """Return the system text of the prompt ``name``, the same until ``read_prompts_anew`` whatever becomes of the file.

    Raises ``UsageError`` for a name that no agent uses, or a file of the user's that cannot be read.
    """
    if name not in prompt_names():
        raise UsageError(f"There is no prompt '{name}': choose {', '.join(prompt_names())}.")
    return _read(name, own_prompt(name))


def read_prompts_anew() -> None:
    """Read the prompts from their files again, from now on."""
    _read.cache_clear()


@cache
def _read(name: str, own: Path) -> str:
    path = own if own.is_file() else _BUILT_IN / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not text.strip():
        raise UsageError(f"{path} is empty: write a prompt, or delete the file to use the built-in one.")
    return text


def prompt_hash(name: str) -> str:
    """Return the version of a prompt: the first 12 hex digits of its SHA-256."""
    return hashlib.sha256(prompt_text(name).encode()).hexdigest()[:12]


def request(name: str, dialect: str, sections: dict[str, str]) -> list[BaseMessage]:
    """Return the messages that ask an agent: system text, then each section between its own fences."""
    body = "\n".join(fenced(key, text) for key, text in sections.items())
    return [SystemMessage(prompt_text(name).replace("{dialect}", dialect)), HumanMessage(body)]


def fenced(name: str, text: str) -> str:
    """Return ``text`` between fences that it cannot close: ``</`` inside is broken up, so that it stays data."""
    return f"<{name}>\n{text.replace('</', '< /')}\n</{name}>"


def read_sections(text: str) -> dict[str, str]:
    """Return the sections of a request's text."""
    return {m["name"]: m["body"] for m in _SECTION.finditer(text)}
