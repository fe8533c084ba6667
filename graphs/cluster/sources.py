"""Databases that lie in files: carried to each machine of a cluster once, whatever works there."""

import hashlib
import io
import tarfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from ...tools.home import home, put_in_place


@dataclass(frozen=True, slots=True)
class Carried:
    """A file or folder as a tar archive; ``place`` is where it goes on every machine, see ``here``."""

    place: str
    archive: bytes

    def unpack(self) -> None:
        """Unpack it on this machine; several processes may do so at once."""
        target = here(self.place).parent
        fresh = target.with_name(uuid.uuid4().hex)
        with tarfile.open(fileobj=io.BytesIO(self.archive)) as archive:
            archive.extractall(fresh, filter="data")
        put_in_place(fresh, target)


def carried(source: str) -> Carried:
    """Pack the file or folder ``source``."""
    path, packed = Path(source).resolve(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(path, arcname=path.name)
    content = packed.getvalue()
    return Carried(f"{hashlib.sha256(content).hexdigest()[:24]}/{path.name}", content)


def here(place: str) -> Path:
    """Return where this machine keeps what is carried to ``place``."""
    return home() / "carried" / place


def in_a_file(source: str) -> bool:
    """Tell whether a database is a file or folder of this machine, and not to be had on others by its name."""
    return "://" not in source and Path(source).exists()
