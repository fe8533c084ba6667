"""Databases in files elsewhere, wherever ``fsspec`` reaches: fetched to this machine, each version of them once."""

import uuid
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ..errors import UsageError
from ..home import home, put_in_place


def on_this_machine(spec: str) -> str:
    """Return ``spec``, or for the URL of a file or folder, as ``s3://BUCKET/shop.sqlite``, where it is kept here.

    Raises ``UsageError`` if it cannot be fetched.
    """
    scheme, separator, _ = spec.partition("://")
    if not separator:
        return spec
    from fsspec.core import url_to_fs
    from fsspec.registry import known_implementations

    if scheme == "file":
        return str(url_to_fs(spec)[1])
    return str(_fetched(spec)) if scheme in known_implementations else spec


def _fetched(url: str) -> Path:
    from fsspec.core import url_to_fs
    from fsspec.utils import tokenize

    try:
        files, place = url_to_fs(url)
        files.invalidate_cache()
        parts = [place] if files.isfile(place) else files.find(place)
        if not parts:
            files.info(place)  # says why, as where no server is
            raise FileNotFoundError(place)
        version = tokenize(url, [files.checksum(part) for part in parts])
        kept: Path = home() / "fetched" / version / PurePosixPath(urlsplit(url).path or place).name
        if not kept.exists():
            fresh = kept.parent.with_name(uuid.uuid4().hex)
            fresh.mkdir(parents=True)
            files.get(place, str(fresh / kept.name), recursive=parts != [place])
            put_in_place(fresh, kept.parent)
    except Exception as error:  # each driver has its own, of networks and keys
        raise UsageError(f"{_shown(url)} cannot be fetched: {_reason(error)}") from error
    return kept


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError) and not isinstance(error.__cause__, OSError):
        return "there is no such file."
    error = error.__cause__ if isinstance(error.__cause__, OSError) else error
    return " ".join(str(error).split())[:200] or type(error).__name__
