"""The process beside a stage: exit codes, and that nothing outlives us."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ..tools.processes import command_of, descendants

GUARD = (sys.executable, "-m", "isogloss.graphs.training.guard")
BUSY = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
PARENT = (
    "import subprocess, sys; guard = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE); print('on', flush=True);"
    "guard.wait()"
)


def started(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*GUARD, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def below(process: int, count: int) -> list[int]:
    """Return the processes below one, once there are so many."""
    end = time.monotonic() + 20
    while len(descendants(process)) < count and time.monotonic() < end:
        time.sleep(0.02)
    return descendants(process)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("print('done')", 0), ("raise SystemExit(2)", 2), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_the_exit_code_is_the_commands(code: str, expected: int) -> None:
    with started(sys.executable, "-c", code) as guard:
        assert guard.stdout
        output = guard.stdout.read()
        assert guard.wait() == expected
    assert (output == b"done\n") == (expected == 0)


def test_a_command_without_input_is_not_stopped_while_we_live() -> None:
    with started(sys.executable, "-c", "import sys, time; time.sleep(0.5); print(repr(sys.stdin.read()))") as guard:
        assert guard.stdout
        assert guard.stdout.read() == b"''\n"


def test_closing_the_input_stops_the_command_and_what_it_started() -> None:
    with started(sys.executable, "-c", BUSY) as guard:
        found = below(guard.pid, 2)
        assert guard.stdin
        guard.stdin.close()
        assert guard.wait(10) in (1, 130)  # Python ends by the signal, or by KeyboardInterrupt
    assert len(found) == 2
    assert not any(map(command_of, found))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_of_a_parent_that_is_killed(number: int) -> None:
    command = [sys.executable, "-c", PARENT, *GUARD, sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        found = below(parent.pid, 3)
        assert len(found) == 3
        os.kill(parent.pid, number)
        parent.wait()
        end = time.monotonic() + 20
        while any(map(command_of, found)) and time.monotonic() < end:
            time.sleep(0.02)
    assert not any(map(command_of, found))
