"""Making text from models, engines and tutorials safe to store and to show."""

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..tools.errors import UsageError

REDACTED = "[redacted]"
_LONG = 1000  # characters: longer texts are not remembered
_SHORTEST_SECRET = 8  # a shorter value would blank out ordinary text

# Control sequences of ECMA-48: CSI, OSC and the other strings, short escapes; then every control character left.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
# Before a URL's host, where an @ may stand unescaped, or among its parameters.
_URL_PASSWORD = re.compile(
    r"(?P<before>://[^\s:/@]*:)[^\s/\"',<>]+(?=@)"
    r"|(?P<name>[?&](?:password|passwd|pwd|token|access_token|secret|api_?key|key|sig)=)[^\s&\"']+",
    re.IGNORECASE,
)
_HEADER = re.compile(  # of HTTP, as in a request, a dictionary's text or JSON; re.IGNORECASE would be slow
    r"(?P<head>(?:[Aa]uthorization|AUTHORIZATION)[\\\"']*: *[\\\"']*(?:(?:[Bb]asic|[Bb]earer|[Tt]oken|[Dd]igest) +)?"
    r"|[Bb]earer +(?=\S*\d)|[Aa][Pp][Ii]-[Kk][Ee][Yy][\\\"']*: *[\\\"']*)[\w.~+/=-]{8,}"
)
_KEY = re.compile(  # what the keys of services begin with, and JSON web tokens
    r"\b(?:sk-(?=\D*\d)[\w-]{16,}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|lsv2_\w{20,}"
    r"|AKIA[A-Z0-9]{16}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
# With what takes their place, and what a match of each has in it whatever its case: looking for that first is quicker.
_CREDENTIALS = (
    (
        _URL_PASSWORD,
        rf"\g<before>\g<name>{REDACTED}",
        ("://", "password=", "passwd=", "pwd=", "token=", "secret=", "key=", "sig="),
    ),
    (_HEADER, rf"\g<head>{REDACTED}", ("authorization", "bearer", "api-key")),
    (
        _KEY,
        REDACTED,
        ("sk-", "aiza", "hf_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "lsv2_", "akia", "xox", "eyj"),
    ),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SECRET_NAME = re.compile(r"(API_?KEY|_KEY|TOKEN|_PWD|_PAT|_PASS|SECRET|PASSWORD|PASSWD|PASSPHRASE)$", re.IGNORECASE)
_USER_INFO = re.compile(r"[\w+.-]+://[^:/@\s]*:(?P<password>(?!\d{1,5}/)\S+)@")  # no port before a path


def strip_escapes(text: str) -> str:
    """Return ``text`` without terminal control sequences; tabs and newlines stay, lone surrogates become ``?``."""
    if _CONTROLS.search(text):
        text = _ESCAPES.sub("", text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def configured_secrets(environment: Mapping[str, str] = os.environ) -> set[str]:
    """Return what is secret in the environment: the values of keys, tokens and passwords, and passwords in URLs."""
    named = {value for name, value in environment.items() if _SECRET_NAME.search(name)}
    return named.union(*map(_passwords, environment.values()))


def secrets_in(*addresses: str | None) -> list[str]:
    """Return what is secret in the URLs of databases and servers: passwords; of a web server all it is told there.

    What an address also says in the open, as in ``postgres:postgres@localhost``, is no secret, and would be missed in
    ordinary text. Raises ``UsageError`` for what is no URL.
    """
    secrets: set[str] = set()
    for address in filter(None, addresses):
        try:
            parts = urlsplit(address)
        except ValueError as error:  # its words may hold the password
            raise UsageError("A URL cannot be read: write characters such as [ as %5B in it.") from error
        web = parts.scheme in ("http", "https")
        told = [value for name, value in parse_qsl(parts.query) if web or _SECRET_NAME.search(name)]
        told += [parts.username] if web and parts.username else []
        in_the_open = f"{parts.scheme} {parts.hostname} {parts.path} {dict(parse_qsl(parts.query)).get('user')}"
        secrets |= {secret for each in told for secret in (each, unquote(each)) if secret not in in_the_open}
        secrets |= _passwords(address)
    return sorted(secrets)


def _passwords(address: str) -> set[str]:
    """Return the password before a URL's host, as it is typed and unescaped; it may have a raw / or @ in it."""
    typed = _USER_INFO.match(address)
    if not typed:
        return set()
    in_the_open = address[: typed.start("password")] + address[typed.end("password") :]
    return {secret for secret in (typed["password"], unquote(typed["password"])) if secret not in in_the_open}


def _spelled(secret: str) -> str:
    """Return a pattern of a secret in any of its spellings: as it is, in a URL, in JSON and other quoted text."""
    return "".join(c if c.isalnum() and c.isascii() else _spelled_character(c) for c in secret)


def _spelled_character(character: str) -> str:
    in_url = "".join(f"%(?:25)*{byte:02x}" for byte in character.encode())
    in_json = json.dumps(character)[1:-1].removeprefix("\\").split("\\")  # in two halves beyond U+FFFF
    escaped = r"\\+".join(map(re.escape, in_json))
    plus = r"|\+" if character == " " else ""
    return rf"(?:\\*{re.escape(character)}|(?i:{in_url})|\\+(?i:{escaped}){plus})"


class Cleaner:
    """Strips escapes and replaces secrets: the given ones, those of the environment, passwords inside URLs.

    A secret is known in any of its spellings, if it is not so short that ordinary text has it; credentials in HTTP
    headers and the keys of well-known services are known by their form.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {strip_escapes(secret).strip() for secret in (*secrets, *configured_secrets())}
        longest_first = sorted((s for s in known if len(s) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(_spelled, longest_first))) if longest_first else None
        self._known = lru_cache(maxsize=4096)(self._clean)  # the names of fields, queries and questions come often

    def text(self, text: str) -> str:
        """Return ``text`` safe to store and to show."""
        return self._known(text) if len(text) < _LONG else self._clean(text)

    def _clean(self, text: str) -> str:
        clean = strip_escapes(text)
        if self._secrets:
            clean = self._secrets.sub(REDACTED, clean)  # first: the other patterns could take a part of one away
        folded = clean.casefold()
        for pattern, instead, telltales in _CREDENTIALS:
            if any(telltale in folded for telltale in telltales):
                clean = pattern.sub(instead, clean)
        return clean

    def value(self, value: Any) -> Any:
        """Return ``value`` as JSON types with every text in it clean; what JSON does not know becomes text."""
        match value:  # what comes most comes first
            case str():
                return self.text(value)
            case None | bool() | int():
                return value
            case dict():
                return {self.text(str(k)): self.value(v) for k, v in value.items()}
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
