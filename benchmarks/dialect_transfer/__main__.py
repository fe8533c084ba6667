"""Measure it: `python -m isogloss.benchmarks.dialect_transfer SPIDER OUT`.

Runs the commands of ``plan.py`` one after the other and prints the results as Markdown, as far as they go. SPIDER is
Spider's folder. With ``--minutes 9`` it stops there, also within a command, and goes on at the next start: what is
done is not done again. ``--seeds`` repeats all that is trained. Sizes are for two cores; see ``--help``.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

from .plan import Plan, Sizes, Stage
from .results import results

_LAST_WORDS = 60  # seconds that a command has to put away its work


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background without it
    asked = _arguments()
    home = Path(asked.out)
    sizes = Sizes(**{field.name: getattr(asked, field.name) for field in fields(Sizes)})
    plan = Plan(Path(asked.spider).resolve(), home, asked.model, sizes)
    if not (home / "questions").exists():
        plan.write_questions()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    deadline = time.monotonic() + 60 * asked.minutes
    whole = all(_run(stage, home, deadline) for seed in seeds for stage in plan.stages(seed))
    print(results(plan, seeds))
    print("Finished." if whole else "To go on, run the same command again.", file=sys.stderr)


def _run(stage: Stage, home: Path, deadline: float) -> bool:
    """Run a stage unless it is done; return whether it is now."""
    log = home / "stages.jsonl"
    if stage.makes.exists() and str(stage.makes) in _done(log):
        return True
    left, start = deadline - time.monotonic(), time.monotonic()
    if left < 0:
        return False
    print(f"{stage.name}: isogloss {' '.join(stage.arguments)}", file=sys.stderr)
    code = _code(stage.arguments, left)
    seconds = round(time.monotonic() - start, 1)
    with log.open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"stage": stage.name, "makes": str(stage.makes), "seconds": seconds, "code": code}) + "\n"
        )
    if code and time.monotonic() < deadline:
        sys.exit(f"{stage.name} failed: run isogloss {' '.join(stage.arguments)}")
    return not code


def _code(arguments: tuple[str, ...], seconds: float) -> int:
    """Run a command of Isogloss and return its exit code; one that takes longer, or outlives us, is stopped."""
    command = [sys.executable, "-m", "isogloss.cli", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1"}) as child:
        try:
            return child.wait(seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as stop:
            child.send_signal(signal.SIGINT)
            code = child.wait(_LAST_WORDS)
            if isinstance(stop, KeyboardInterrupt):
                raise
            return code
        finally:
            child.kill()


def _done(log: Path) -> set[str]:
    """Return what the commands that ended well have made."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return {record["makes"] for record in map(json.loads, lines) if not record["code"]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dialect_transfer", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("spider")
    parser.add_argument("out")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--minutes", type=float, default=1e9)
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name}", type=int, default=field.default)
    return parser.parse_args()


if __name__ == "__main__":
    main()
