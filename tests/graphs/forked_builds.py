"""Builds in processes that start at once: `python forked_builds.py`, then a line `DIALECT N OUT` for each.

Everything is imported once; a build is a fork. Printed are its process id, and in the end how it ended: ``ok`` or why
not, an empty line if it was killed. With ``backwards`` after it, the clock goes an hour back each time it is read.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path

from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.cluster.site import Unwatched
from isogloss.tools.errors import IsoglossError


def main() -> None:
    for line in sys.stdin:
        dialect, number, out, *more = line.split()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, _built(BuildConfig(dialect, "shop", int(number), out=Path(out)), more).encode())
            os._exit(0)
        os.close(writing)
        print(child, flush=True)
        with os.fdopen(reading) as said:
            print(said.read().replace("\n", " "), flush=True)
        os.waitpid(child, 0)


def _built(config: BuildConfig, more: list[str]) -> str:
    if more == ["backwards"]:
        began, hours = time.time(), count()
        time.time = lambda: began - 3600 * next(hours)
    try:
        build(config, Unwatched())
    except IsoglossError as error:
        return str(error)
    return "ok"


if __name__ == "__main__":
    main()
