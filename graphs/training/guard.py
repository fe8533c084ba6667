"""The process beside a stage that stops it when our end of its input closes, as it does however we die.

Run as ``python -m isogloss.graphs.training.guard COMMAND…``; its exit code is the command's, 128 + N if signal N killed
it. The command has a session of its own: Ctrl-C reaches it once, by way of us, with all the processes it has started.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

_PATIENCE = 15.0  # seconds to end after a signal, before the next


def main(command: Sequence[str]) -> int:
    """Run a command to its end, or to that of our input."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a handler, for a child would inherit that they are ignored
        signal.signal(each, lambda *_: None)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_stop_with_input, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _stop_with_input(child: subprocess.Popen[bytes]) -> None:
    """Wait until our input ends; then ask the command to stop, more and more firmly."""
    os.read(0, 1)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, each)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_PATIENCE)
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
