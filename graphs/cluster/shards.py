"""Finished shards of a run: the results of consecutive items, a file each, wherever ``fsspec`` reaches.

``items-000000200-000000299.jsonl.gz`` has a line for each result of these items and for each database opened before
one. A file is there whole or not at all, so a shard that is there need not be made again.
"""

import gzip
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import fsspec

from ...tools.errors import UsageError
from ..cleaning import Cleaner
from ..totals import ItemResult
from ..tracing.tape import Call
from ..tracing.trace import Step
from ..work import Opened

_NAME = re.compile(r"items-(\d+)-(\d+)\.jsonl\.gz")


class Shards:
    """The finished shards of one run in the folder ``url``; what is secret is not written.

    Raises ``UsageError`` for a place that nothing here can reach.
    """

    def __init__(self, url: str, secrets: Iterable[str] = ()) -> None:
        self.url, self._secrets = url.rstrip("/"), list(secrets)
        try:
            self._files, self._folder = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:  # no driver for such a place
            raise UsageError(f"{url} cannot be reached: {error}") from error

    def finished(self) -> list[range]:
        """Return the items of each finished shard, in order."""
        self._files.invalidate_cache()
        names = self._files.ls(self._folder, detail=False) if self._files.exists(self._folder) else []
        found = (_NAME.fullmatch(name.rsplit("/", 1)[-1]) for name in names)
        return sorted((range(int(m[1]), int(m[2]) + 1) for m in found if m), key=lambda items: items.start)

    def write(self, items: range, results: Iterable[Opened | ItemResult]) -> None:
        """Keep the results of ``items``; raises ``UsageError`` if the place cannot be written."""
        clean = Cleaner(self._secrets).value
        text = "".join(f"{json.dumps(clean(_plain(each)), ensure_ascii=False)}\n" for each in results)
        part = f"{self._folder}/part-{uuid.uuid4().hex}"
        try:
            self._files.makedirs(self._folder, exist_ok=True)
            self._files.pipe_file(part, gzip.compress(text.encode(), compresslevel=1))
            self._files.mv(part, self._path(items))
        except OSError as error:
            raise UsageError(f"Cannot write to {self.url}: {error.strerror or error}.") from error

    def read(self, items: range) -> Iterator[Opened | ItemResult]:
        """Yield the results of a finished shard; raises ``UsageError`` where it is not to be found from here."""
        try:
            self._files.invalidate_cache()
            packed = self._files.cat_file(self._path(items))
        except FileNotFoundError:
            raise UsageError(
                f"A worker has finished {items.start} to {items.stop - 1}, but {self.url} is not the same place here: "
                "name one that all machines reach with --shards, as s3://BUCKET/FOLDER or a shared folder."
            ) from None
        for line in gzip.decompress(packed).decode().split("\n")[:-1]:
            yield _restored(json.loads(line))

    def remove(self) -> None:
        """Delete all of them."""
        if self._files.exists(self._folder):
            self._files.rm(self._folder, recursive=True)

    def _path(self, items: range) -> str:
        return f"{self._folder}/items-{items.start:09}-{items.stop - 1:09}.jsonl.gz"


def _plain(each: Any) -> Any:
    """Return a result, its steps and their calls as JSON values."""
    if isinstance(each, Opened | ItemResult | Step | Call):
        return {field.name: _plain(getattr(each, field.name)) for field in fields(each)}
    if isinstance(each, list) and each and isinstance(each[0], Step | Call):
        return [_plain(one) for one in each]
    return each


def _restored(record: dict[str, Any]) -> Opened | ItemResult:
    if "index" not in record:
        return Opened(_calls(record["calls"]), record["facts"])
    record["steps"] = [Step(**{**step, "calls": _calls(step["calls"])}) for step in record["steps"]]
    return ItemResult(**record)


def _calls(records: list[dict[str, Any]]) -> list[Call]:
    return [Call(**record) for record in records]
