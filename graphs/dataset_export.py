"""The pairs of runs as a dataset for others: JSON Lines, Parquet, or a folder as Hugging Face's ``datasets`` has it."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ..tools.errors import UsageError
from ..training.checkpoints.output import require_free
from .dataset import Pair, pair_lines, pair_of
from .dataset_card import Split, Survey, dataset_card
from .dataset_parquet import join_shards, write_shards
from .duplicates import Repetitions

Format = Literal["jsonl", "parquet", "huggingface"]
Tell = Callable[[int, int], None]  # how many pairs are done, and of how many
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".parquet": "parquet", "": "huggingface"}
_LOADED = {"jsonl": '"json", data_files={}', "parquet": '"parquet", data_files={}', "huggingface": "{}"}
_TOLD_EVERY = 1000  # pairs


@dataclass(frozen=True, slots=True)
class ExportedDataset:
    """What was written where: pairs in all, and of each split; ``repeated`` ones were left out."""

    out: Path
    format: Format
    pairs: int
    splits: dict[Split, int]
    repeated: int

    @property
    def loading(self) -> str:
        """How Python loads it."""
        path = json.dumps(str(self.out), ensure_ascii=False)
        return f"datasets.load_dataset({_LOADED[self.format].format(path)})"


def format_of(out: Path) -> Format:
    """Return the format that a path's ending tells, a folder's being none; raises ``UsageError`` for another."""
    if out.suffix not in _SUFFIXES:
        raise UsageError(f"What {out} is to be is not told by its ending: say so with --format.")
    return _SUFFIXES[out.suffix]


def export_dataset(
    runs: list[Path],
    out: Path,
    form: Format,
    test: float | None = None,
    *,
    distinct: bool = False,
    tell: Tell = lambda _, __: None,
) -> ExportedDataset:
    """Write the pairs that some runs have now, one run after another, to a new file or folder: whole, or not at all.

    If they are to be ``distinct``, those that repeat one before are left out (``Repetitions``). Of a Hugging Face
    dataset the pairs of a share ``test`` of the templates are a split of their own. Raises ``UsageError`` if ``out`` is
    there or cannot be written, there are no pairs, or a file cannot hold splits.
    """
    if test is not None and form != "huggingface":
        raise UsageError("A file has no splits: name a folder with --out, or leave --test out.")
    require_free(out)
    rows = _Rows(runs, test, tell)
    with _made_whole(out) as made:
        survey = rows.survey(distinct)
        if form == "jsonl":
            _write_lines(made, rows.lines())
        elif form == "parquet":
            _write_parquet(made, rows, survey)
        else:
            _write_folder(made, rows, survey, out.name)
    return ExportedDataset(out, form, sum(survey.splits.values()), survey.splits, len(rows.repeated))


class _Rows:
    """The lines of some runs as they are when this is made; runs under way go on growing."""

    def __init__(self, runs: list[Path], test: float | None, tell: Tell) -> None:
        self._test = test
        self.repeated: set[tuple[Path, int]] = set()
        self._counts = {run: sum(1 for _ in pair_lines(run)) for run in runs}
        self._tell, self._told, self._steps = tell, 0, 2 * sum(self._counts.values())
        if not self._steps:
            raise UsageError(f"There is no pair in {' or '.join(map(str, runs))} yet.")

    def survey(self, distinct: bool) -> Survey:
        """Read all rows once, to know what they are made of, and which are left out if they are to be ``distinct``."""
        survey, known = Survey(), Repetitions()
        for run, number, line in self._all():
            pair = pair_of(line, run, number)
            if distinct and known.find(pair):
                self.repeated.add((run, number))
            else:
                survey.add(pair, self._split(pair))
        return survey

    def lines(self, split: Split | None = None) -> Iterator[bytes]:
        """Yield all lines, or those of a split."""
        if split is None or self._test is None:
            yield from (line for _, _, line in self._all())
        else:
            yield from (line for line, pair in self._pairs() if self._split(pair) == split)

    def _pairs(self) -> Iterator[tuple[bytes, Pair]]:
        return ((line, pair_of(line, run, number)) for run, number, line in self._all())

    def _all(self) -> Iterator[tuple[Path, int, bytes]]:
        for run, count in self._counts.items():
            for number, line in enumerate(islice(pair_lines(run), count)):
                if (run, number) not in self.repeated:
                    yield run, number, line
                self._told += 1
                if self._told % _TOLD_EVERY == 0:
                    self._tell(min(self._told, self._steps), self._steps)

    def _split(self, pair: Pair) -> Split:
        """Return where a pair goes: with all others of its template, whatever run they are in."""
        if self._test is None:
            return "train"
        digest = hashlib.blake2b(str(pair.get("template") or pair["sql"]).encode(), digest_size=8).digest()
        return "test" if int.from_bytes(digest) < self._test * 2**64 else "train"


def _write_lines(made: Path, lines: Iterator[bytes]) -> None:
    with made.open("wb") as file:
        file.writelines(lines)


def _write_parquet(made: Path, rows: _Rows, survey: Survey) -> None:
    with TemporaryDirectory(dir=made.parent) as parts:
        join_shards(write_shards(rows.lines(), Path(parts), "part", survey.columns.types()), made)


def _write_folder(made: Path, rows: _Rows, survey: Survey, name: str) -> None:
    data = made / "data"
    data.mkdir(parents=True)
    for split in (split for split, count in survey.splits.items() if count):
        write_shards(rows.lines(split), data, split, survey.columns.types())
    (made / "README.md").write_text(dataset_card(name, survey), encoding="utf-8")


@contextmanager
def _made_whole(out: Path) -> Iterator[Path]:
    """Yield where to make what then moves to ``out`` in one step; after an error nothing is left."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            made = Path(folder) / out.name
            yield made
            os.replace(made, out)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from error
