"""Slots of a template: marked while the tree is taken apart, numbered once it is text again."""

import re
from collections import Counter
from collections.abc import Hashable

# Private-use characters, which no SQL in the wild has around a number.
_MARK = re.compile("\ue000(\\d+)\ue001")

# What a slot's name begins with, what its numbers count within, and what it stands for there.
Slot = tuple[str, Hashable, Hashable]


class Slots:
    """Hands out one mark per slot and numbers the marks in reading order, into ``names``."""

    def __init__(self) -> None:
        self._slots: dict[Slot, int] = {}
        self.names: dict[Slot, str] = {}

    def mark(self, prefix: str, key: Hashable, within: Hashable = None) -> str:
        """Return the mark of slot ``key``, whose name will be ``prefix`` and a number.

        Numbers count the slots of one ``prefix`` ``within`` one owner (a table, for its columns).
        """
        return f"\ue000{self._slots.setdefault((prefix, within, key), len(self._slots))}\ue001"

    def number(self, sql: str) -> str:
        """Return ``sql`` with its marks replaced by names, numbered from 1 in order of appearance."""
        slots = list(self._slots)
        used = Counter[tuple[str, Hashable]]()

        def name(mark: re.Match[str]) -> str:
            slot = slots[int(mark[1])]
            if slot not in self.names:
                used[slot[:2]] += 1
                self.names[slot] = f"{slot[0]}{used[slot[:2]]}"
            return self.names[slot]

        return _MARK.sub(name, sql)


def is_mark(text: str) -> bool:
    """Say whether ``text`` is a mark and nothing else."""
    return _MARK.fullmatch(text) is not None
