"""Where Isogloss keeps what outlives a run: added corpora, indexes, settings."""

import os
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """Return Isogloss's own folder: ``$ISOGLOSS_HOME``, else the platform's user data folder."""
    named = os.environ.get("ISOGLOSS_HOME")
    return Path(named).expanduser() if named else user_data_path("isogloss")
