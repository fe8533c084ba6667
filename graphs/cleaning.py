"""Making text from models, engines and tutorials safe to store and to show."""

import math
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..tools.errors import UsageError

REDACTED = "[redacted]"
_SHORTEST_SECRET = 8  # a shorter value would blank out ordinary text

# Control sequences of ECMA-48: CSI, OSC and the other strings, short escapes; then every control character left.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
# Before a URL's host, or among its parameters.
_URL_PASSWORD = re.compile(
    r"(?P<before>://[^\s:/@]*:)[^\s/@]+(?=@)|(?P<name>[?&](?:password|passwd|pwd|token|secret)=)[^\s&]+", re.IGNORECASE
)
_SECRET_NAME = re.compile(r"(_KEY|_TOKEN|_PWD|SECRET|PASSWORD|PASSWD)$", re.IGNORECASE)


def strip_escapes(text: str) -> str:
    """Return ``text`` without terminal control sequences; tabs and newlines stay, lone surrogates become ``?``."""
    return _ESCAPES.sub("", text).encode("utf-8", "replace").decode("utf-8")


def configured_secrets(environment: Mapping[str, str] = os.environ) -> set[str]:
    """Return the values of the environment variables whose names say that they are keys, tokens or passwords."""
    return {value for name, value in environment.items() if _SECRET_NAME.search(name)}


def secrets_in(*addresses: str | None) -> list[str]:
    """Return what is secret in the URLs of databases and servers: passwords; of a web server all it is told there.

    Raises ``UsageError`` for what is no URL.
    """
    secrets: list[str | None] = []
    for address in addresses:
        try:
            parts = urlsplit(address or "")
        except ValueError as error:  # its words may hold the password
            raise UsageError("A URL cannot be read: write characters such as [ as %5B in it.") from error
        web = parts.scheme in ("http", "https")
        secrets += [parts.password, parts.username if web else None]
        secrets += [value for name, value in parse_qsl(parts.query) if web or name == "password"]
    known = [secret for secret in secrets if secret]
    return known + [unquote(secret) for secret in known]


class Cleaner:
    """Strips escapes and replaces secrets: the given ones, those of the environment, passwords inside URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {*secrets, *configured_secrets()}
        longest_first = sorted((s for s in known if len(s) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """Return ``text`` safe to store and to show."""
        clean = _URL_PASSWORD.sub(rf"\g<before>\g<name>{REDACTED}", strip_escapes(text))
        return self._secrets.sub(REDACTED, clean) if self._secrets else clean

    def value(self, value: Any) -> Any:
        """Return ``value`` as JSON types with every text in it clean; what JSON does not know becomes text."""
        match value:
            case None | bool() | int():
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case bytes():
                return value.hex()
            case Mapping():
                return {self.text(str(k)): self.value(v) for k, v in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(v) for v in value]
            case _:
                return self.text(str(value))
