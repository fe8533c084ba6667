"""Prompts as files: a system text per agent, and the material of a request as fenced sections."""

import hashlib
import re
from functools import cache
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

_PROMPTS = Path(__file__).parent / "prompts"
_SECTION = re.compile(r"<(?P<name>[a-z_]+)>\n(?P<body>.*?)\n</(?P=name)>", re.DOTALL)


@cache
def prompt_text(name: str) -> str:
    """Return the system text of the prompt file ``name``."""
    return (_PROMPTS / f"{name}.md").read_text(encoding="utf-8")


def prompt_hash(name: str) -> str:
    """Return the version of a prompt: the first 12 hex digits of its SHA-256."""
    return hashlib.sha256(prompt_text(name).encode()).hexdigest()[:12]


def request(name: str, dialect: str, sections: dict[str, str]) -> list[BaseMessage]:
    """Return the messages that ask an agent: system text, then each section between its own fences.

    A section cannot close its fence early: ``</`` inside the text is broken up, so that tutorials and
    schemas stay data.
    """
    body = "\n".join(f"<{key}>\n{text.replace('</', '< /')}\n</{key}>" for key, text in sections.items())
    return [SystemMessage(prompt_text(name).replace("{dialect}", dialect)), HumanMessage(body)]


def read_sections(text: str) -> dict[str, str]:
    """Return the sections of a request's text."""
    return {m["name"]: m["body"] for m in _SECTION.finditer(text)}
