"""Connections to a folder of ClickHouse's, in this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode


def connect(path: Path, settings: Mapping[str, str | int]) -> Any:
    """Open a folder under ClickHouse's settings; raises ``RuntimeError`` if another process has it open."""
    from chdb.session import Session

    return Session(f"{path}?{urlencode({**settings, 'session_timezone': 'UTC'})}")
