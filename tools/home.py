"""Where Isogloss keeps what outlives a run: added corpora, indexes, settings."""

import os
import shutil
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """Return Isogloss's own folder: ``$ISOGLOSS_HOME``, else the platform's user data folder."""
    named = os.environ.get("ISOGLOSS_HOME")
    return Path(named).expanduser() if named else user_data_path("isogloss")


def put_in_place(fresh: Path, folder: Path) -> None:
    """Rename the folder ``fresh`` to ``folder``; if another process was first, what it put there stays.

    Raises ``OSError`` where neither can be.
    """
    try:
        os.rename(fresh, folder)
    except OSError:
        shutil.rmtree(fresh)
        if not folder.exists():
            raise
