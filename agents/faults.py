"""What went wrong in a call to a model, in the same terms for every provider."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from langchain_core.exceptions import ContextOverflowError, ModelConnectionError, ModelError, ModelTimeoutError

Kind = Literal["overloaded", "passing", "absent", "unreadable", "refused", "invalid"]

_OVERLOADED = {429, 503, 529}  # 529 is Anthropic's "overloaded"
_REFUSED = {401, 402, 403, 404}  # no key, no money, no permission, no such model
_PASSING = {408, 409, 425}
_NO_CREDIT = "insufficient_quota"  # OpenAI's 429 that no patience mends
_TRANSPORTS = {"aiohttp", "httpcore", "httpcore2", "httpx", "httpx2", "requests", "urllib3"}
_NEVER_CONNECTED = {"ClientConnectorError", "ConnectError", "ConnectionRefusedError", "gaierror"}
# aiohttp's, which OpenAI's client takes for timeouts
_CUT = {"ClientConnectionResetError", "ClientOSError", "ServerDisconnectedError"}
_KEY = re.compile(r"[\w-]{20,}")
_DETAIL = 120  # characters of a provider's own words


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed call.

    ``overloaded``: slow down and try again; ``passing``: try again; ``absent``: nobody answers at that address;
    ``unreadable``: half a reply, or none that the protocol knows; ``refused``: no request of ours will be answered;
    ``invalid``: this request never will.
    ``retry_after`` is how many seconds the server asks to wait.
    """

    kind: Kind
    reason: str
    retry_after: float | None = None


def fault_of(error: Exception) -> Fault | None:
    """Return the fault that ``error`` tells of, or None if it is no failed call but an error of ours."""
    status = _status(error)
    if isinstance(error, ContextOverflowError):
        return Fault("invalid", "the prompt is too long for the model")
    if status is not None and status >= 400:
        return Fault(_kind(status, error), _status_text(status, error), _retry_after(error))
    causes = {type(each).__name__ for each in _chain(error)}
    if _is_transport(error) and causes & _NEVER_CONNECTED:
        return Fault("absent", "the connection failed")
    if _is_timeout(error) and not causes & _CUT:
        return Fault("passing", "no answer in time")
    if _is_transport(error):
        return Fault("passing", "the connection failed")
    if isinstance(error, ModelError):
        return Fault("passing" if error.is_retryable else "invalid", _words(error))
    if isinstance(error, ValueError | LookupError | TypeError | AttributeError):  # raised while reading a reply
        return Fault("unreadable", "the reply was unreadable")
    return None


def _kind(status: int, error: Exception) -> Kind:
    if status in _REFUSED or getattr(error, "code", None) == _NO_CREDIT:
        return "refused"
    if status in _OVERLOADED:
        return "overloaded"
    return "passing" if status in _PASSING or status >= 500 else "invalid"


def _status(error: Exception) -> int | None:
    """Return the HTTP status that an SDK's error carries, by whichever of the usual names."""
    response = getattr(error, "response", None)
    for value in (getattr(error, "status_code", None), getattr(response, "status_code", None), _code(error)):
        if isinstance(value, int):
            return value
    return None


def _code(error: Exception) -> Any:
    return getattr(error, "code", None) or getattr(error.__cause__, "code", None)  # google.genai, and what wraps it


def _status_text(status: int, error: Exception) -> str:
    """Name the status; only of a bad request the provider's words say more."""
    return f"HTTP {status}: {_words(error)}" if status in {400, 413, 422} else f"HTTP {status}"


def _words(error: Exception) -> str:
    """Return the beginning of the provider's words, without what may be a key."""
    return _KEY.sub("…", " ".join(str(error).split()))[:_DETAIL]


def _is_transport(error: Exception) -> bool:
    roots = {type(e).__module__.split(".")[0] for e in _chain(error)}
    return isinstance(error, ConnectionError | ModelConnectionError) or bool(roots & _TRANSPORTS)


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, TimeoutError | ModelTimeoutError) or "Timeout" in type(error).__name__


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _retry_after(error: Exception) -> float | None:
    """Return the seconds of a Retry-After header, given as such or as a date (RFC 9110, section 10.2.3)."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
