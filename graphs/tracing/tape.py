"""What the nodes of an item ask of models, engines and tutorials, kept so that it can be answered again without them.

Whoever asks for an item does so through ``answered``. It keeps question and answer on the tape of the step under
way, or, when an item is played back, gives the answer that was kept.
"""

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ...tools.errors import IsoglossError
from .tagged_json import dump, load

T = TypeVar("T")
_LONGEST = 2**25  # characters of an answer: engines give no more than half of it


class Diverged(IsoglossError):
    """A played item asks what it did not ask when it was recorded, or what was answered at too great a length."""


@dataclass(frozen=True, slots=True)
class Call:
    """Something asked, as a digest, of a ``kind`` of answerer, and the answer as JSON; None if it was not kept."""

    kind: str
    request: str
    answer: str | None


class Recording:
    """The tape of a step under way: keeps every call."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def keep(self, kind: str, request: str, answer: Any) -> None:
        """Keep a call; one whose answer is too long, or of a type unknown to JSON, without it."""
        try:
            text = dump(answer)
        except TypeError:
            text = None
        self.calls.append(Call(kind, request, text if text is not None and len(text) <= _LONGEST else None))


class Playback:
    """The tape of a step played back: gives the answers that were kept, each once.

    With ``in_order`` a model is answered in the order of its calls, whatever it is asked: another one is to take over.
    """

    def __init__(self, calls: Iterable[Call], in_order: bool = False) -> None:
        self.calls: list[Call] = []
        self._in_order = in_order
        self._kept: dict[tuple[str, str], deque[Call]] = defaultdict(deque)
        for call in calls:
            self._kept[self._key(call.kind, call.request)].append(call)

    def answer(self, kind: str, request: str) -> Any:
        """Return the answer that was kept; raises ``Diverged`` if there is none."""
        kept = self._kept[self._key(kind, request)]
        if not kept:
            raise Diverged(f"the {kind} was not asked this when the item was recorded")
        call = kept.popleft()
        self.calls.append(call)
        try:
            return load(call.answer or "")
        except ValueError as error:
            raise Diverged(f"the answer of the {kind} was too long, or of a kind that cannot be kept") from error

    def _key(self, kind: str, request: str) -> tuple[str, str]:
        return kind, "" if self._in_order and kind == "model" else request


Tape = Recording | Playback


class Player(Protocol):
    """Who has a hand in the items of a graph: plays their steps back, or changes what a node is given."""

    def tape(self, step: int) -> Tape:
        """Return the tape for step number ``step``."""

    async def before(self, step: int, node: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to change in ``state`` before ``node`` runs; raises ``Dropped`` to end the item."""


class Dropped(IsoglossError):
    """An item was ended by hand."""


BY_HAND = "by hand"  # in a step's delta: what was changed before it
PLAYER: ContextVar[Player | None] = ContextVar("player", default=None)
_TAPE: ContextVar[Tape | None] = ContextVar("tape", default=None)


@contextmanager
def on_tape(tape: Tape | None) -> Iterator[None]:
    """Keep, or answer, all calls within on ``tape``, those of threads and tasks begun within too; None keeps none."""
    token = _TAPE.set(tape)
    try:
        yield
    finally:
        _TAPE.reset(token)


@contextmanager
def played_by(player: Player | None) -> Iterator[None]:
    """Let ``player`` have a hand in all items within, tasks begun within among them; None leaves it to whoever has."""
    token = PLAYER.set(player or PLAYER.get())
    try:
        yield
    finally:
        PLAYER.reset(token)


def tape_running() -> Tape | None:
    """Return the tape of the step under way, if there is one."""
    return _TAPE.get()


def answered(
    kind: str, request: Any, ask: Callable[[], T], plain: Callable[[T], Any], restored: Callable[[Any], T]
) -> T:
    """Return what ``ask`` answers to ``request`` (JSON values), or what it answered when the item was recorded.

    ``plain`` makes values for ``tagged_json`` of an answer, and ``restored`` the answer of these.
    """
    tape = _TAPE.get()
    if isinstance(tape, Playback):
        return restored(tape.answer(kind, digest(request)))
    with on_tape(None):  # what is asked in its turn is part of the answer
        answer = ask()
    if tape is not None:
        tape.keep(kind, digest(request), plain(answer))
    return answer


def digest(request: Any) -> str:
    """Return a short digest of JSON values."""
    text = json.dumps(request, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
