"""What models cost: US dollars per million tokens, from a table that the user's own rows come before."""

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ..tools.errors import UsageError
from ..tools.home import home

_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")  # how providers name a dated copy of a model


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens read and written; discounts, as for cached prompts, are left out."""

    input: float
    output: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return what so many tokens cost, in US dollars."""
        return (tokens_in * self.input + tokens_out * self.output) / 1e6


def own_prices() -> Path:
    """Return where the user's own prices are looked for: rows as in the built-in table, the first three columns."""
    return home() / "prices.tsv"


def price_of(spec: str, base_url: str | None = None) -> Price | None:
    """Return the price of the model ``spec``, or None if nobody said one: unknown is not free.

    The user's own prices come first. Behind a ``base_url`` they alone count, for a name says nothing of
    another server's price. A dated snapshot has its model's price unless it is listed itself. Raises
    ``UsageError`` if the user's file cannot be read.
    """
    own = _own(own_prices())
    listed = own if base_url else [*own, *_built_in()]
    for name in dict.fromkeys((spec, _SNAPSHOT.sub("", spec))):
        for pattern, price in listed:
            if fnmatchcase(name, pattern):
                return price
    return None


def _own(path: Path) -> list[tuple[str, Price]]:
    if not path.is_file():
        return []
    try:
        return _table(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no table of prices ({error}): its columns are model, input and output.") from error


@cache
def _built_in() -> list[tuple[str, Price]]:
    return _table(Path(__file__).with_name("prices.tsv"))


def _table(path: Path) -> list[tuple[str, Price]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return [(row["model"], Price(float(row["input"]), float(row["output"]))) for row in rows]
