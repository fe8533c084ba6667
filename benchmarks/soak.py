"""A long build under random kills: `python benchmarks/soak.py [MINUTES] [SECONDS]`, by default 20 and 30.

`isogloss build --dialect postgres --db shop` runs in a temporary folder, at most for MINUTES or 100,000 items. Every
SECONDS one of its processes is killed (SIGKILL): the command itself, one of the engine's workers, or the PostgreSQL
server. Whenever the command ends it is started again; when it finds no more pairs, with the next seed in another
directory. At last it is interrupted as with Ctrl-C, and what it left is examined: every line, number and count, the
processes, the memory, and the pairs against those of a run that nothing disturbed. Exits with 1 if anything is wrong.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from isogloss.benchmarks.soak_checks import faults
from rich.console import Console
from rich.table import Table

_ITEMS = 100_000
_COMPARED = 500  # pairs, held against an undisturbed run
_PEAK_MB = 1000
_LOOK = 0.2  # seconds between looks at the processes
_PATIENCE = 180.0  # seconds in which a build begun anew commits an item, on a busy machine too
_TAIL = 1 << 16  # bytes
_KINDS = {"server": "bin/postgres -D", "worker": "engines.worker"}  # what their command lines contain
Process = tuple[int, str]  # its id, and when it began: ids are given again


class Soak:
    """A build that is killed and started anew, and what was seen of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[Path] = []
        self.kills: Counter[str] = Counter()
        self.restarts, self.seconds_lost, self.peak_mb = 0, 0.0, 0.0
        self.wrong: list[str] = []
        self.seen: set[Process] = set()
        self._excused = False  # whether a server that we killed explains that the command fails
        self._waiting = 0.0  # since when nothing was committed after the command had ended; 0.0: it was
        self._next_seed()

    def disturb(self, seconds: float, pause: float) -> None:
        """Build for so many seconds, with a kill after each ``pause``; then stop."""
        end, next_kill = time.monotonic() + seconds, time.monotonic() + pause
        while time.monotonic() < end and self.items() < _ITEMS and not self.wrong:
            self._look()
            if time.monotonic() >= next_kill:
                self._kill()
                next_kill += pause
            if self._build.poll() is not None:
                self._go_on()
            time.sleep(_LOOK)
        self._stop()

    def items(self) -> int:
        """Return about how many items were made."""
        return sum(map(_last_item, self.runs))

    def _next_seed(self) -> None:
        self.runs.append(self.folder / f"run-{len(self.runs)}")
        self._start()

    def _start(self) -> None:
        command = build_command(len(self.runs) - 1, self.runs[-1], 1_000_000)
        self._build = subprocess.Popen(command, stderr=(self.folder / "messages").open("w"), stdout=subprocess.DEVNULL)
        self._began, self._before, self._excused = time.monotonic(), _last_item(self.runs[-1]), False
        self._waiting = self._waiting or self._began

    def _go_on(self) -> None:
        """Start the command again, after noting why it ended."""
        if self._build.returncode == 0:
            self._next_seed()
            return
        if self._build.returncode != -signal.SIGKILL and not self._excused:
            said = (self.folder / "messages").read_text().strip().splitlines()
            self.wrong.append(f"the command ended by itself: {said[-1] if said else self._build.returncode}")
        self.restarts += 1
        self._start()

    def _look(self) -> None:
        """Note the processes, the memory, and whether a build begun anew has committed an item."""
        self.seen.update((each, _beginning(each)) for each in [self._build.pid, *descendants(self._build.pid)])
        self.peak_mb = max(self.peak_mb, _peak_mb(self._build.pid))
        last = _last_item(self.runs[-1])
        if self._waiting and last > self._before:
            self.seconds_lost += (time.monotonic() - self._waiting) * bool(self.restarts)
            self._waiting = 0.0
        elif self._waiting and time.monotonic() - self._began > _PATIENCE:
            self.wrong.append(f"no item within {_PATIENCE:.0f} s of its start")
        self._before = last

    def _kill(self) -> None:
        """Kill one process of a random kind."""
        below = {each: command_of(each) for each in descendants(self._build.pid)}
        found = {kind: [p for p, said in below.items() if part in said] for kind, part in _KINDS.items()}
        found["command"] = [self._build.pid]
        kind = random.choice([each for each in found if found[each]])
        with suppress(ProcessLookupError):
            os.kill(random.choice(found[kind]), signal.SIGKILL)
            self.kills[kind] += 1
            self._excused |= kind == "server"

    def _stop(self) -> None:
        """Let the command commit something once more, and interrupt it."""
        while self._waiting and not self.wrong:
            if self._build.poll() is not None:
                self._go_on()
            self._look()
            time.sleep(_LOOK)
        self._build.send_signal(signal.SIGINT)
        self._build.wait()


def build_command(seed: int, out: Path, pairs: int) -> list[str]:
    """Return the command that builds."""
    options = {"--dialect": "postgres", "--db": "shop", "--n": pairs, "--seed": seed, "--out": out}
    return [sys.executable, "-m", "isogloss", "build", *(str(word) for option in options.items() for word in option)]


def descendants(process: int) -> list[int]:
    """Return the ids of a process's children and theirs."""
    children: list[int] = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            children += map(int, listed.read_text().split())
    return children + [deeper for child in children for deeper in descendants(child)]


def command_of(process: int) -> str:
    """Return a process's command line, "" if it is gone."""
    return _told(process, "cmdline").replace("\0", " ")


def _told(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(errors="replace")
    except OSError:
        return ""


def _beginning(process: int) -> str:
    """Return when a process began, in ticks of the system; "" if it has ended."""
    fields = _told(process, "stat").rpartition(")")[2].split()
    return fields[19] if fields and fields[0] != "Z" else ""


def _peak_mb(process: int) -> float:
    lines = [line for line in _told(process, "status").splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1000 if lines else 0.0


def _last_item(run: Path) -> int:
    """Return how many items the attempts so far are of."""
    try:
        with (run / "attempts.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            whole = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return 0
    return int(json.loads(whole[-1])["item"]) + 1 if whole else 0


def differing(run: Path, other: Path) -> list[str]:
    """Return what is to be said where the first pairs are not those of a run that nothing disturbed."""
    first = (run / "pairs.jsonl").read_bytes().splitlines(keepends=True)[:_COMPARED]
    if not first:
        return ["no pair was kept"]
    subprocess.run(build_command(0, other, len(first)), check=True, capture_output=True)
    same = (other / "pairs.jsonl").read_bytes() == b"".join(first)
    return [] if same else [f"the first {len(first)} pairs are not those of an undisturbed run"]


def report(soak: Soak, seconds: float) -> Table:
    """Return the figures."""
    records = [json.loads((run / "run.json").read_text()) for run in soak.runs]
    items, kept = (sum(record["totals"][name] for record in records) for name in ("items", "kept"))
    size = sum(file.stat().st_size for run in soak.runs for file in run.iterdir())
    rows = {
        "minutes, seeds": f"{seconds / 60:.1f}, {len(soak.runs)}",
        "items, pairs kept": f"{items:,}, {kept:,}",
        "items/s": f"{items / seconds:.1f}",
        "kills": ", ".join(f"{count} of the {kind}" for kind, count in sorted(soak.kills.items())) or "none",
        "restarts": f"{soak.restarts}, {soak.seconds_lost:.0f} s until they committed again",
        "peak memory of the command": f"{soak.peak_mb:.0f} MB",
        "disk": f"{size / max(1, items):,.0f} bytes an item",
    }
    table = Table(show_header=False)
    for row in rows.items():
        table.add_row(*row)
    return table


def main(minutes: float, pause: float) -> None:
    """Build, kill, examine; exit with 1 if anything is wrong."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and by children too
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        soak, began = Soak(folder), time.monotonic()
        soak.disturb(60 * minutes, pause)
        seconds = time.monotonic() - began
        wrong = [*soak.wrong, *(fault for run in soak.runs for fault in faults(run))]
        wrong += differing(soak.runs[0], folder / "undisturbed")
        wrong += [f"process {p} runs on" for p, beginning in soak.seen if beginning and _beginning(p) == beginning]
        wrong += [f"peak memory: {soak.peak_mb:.0f} MB"] if soak.peak_mb > _PEAK_MB else []
        Console(width=100).print(report(soak, seconds))
    print("\n".join(wrong) or "nothing lost, nothing doubled")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0, float(sys.argv[2]) if len(sys.argv) > 2 else 30.0)
