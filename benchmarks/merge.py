"""What a merge costs: `python benchmarks/merge.py MERGEKIT_YAML [ROUNDS]`.

Seconds and peak memory of `isogloss train merge` beside mergekit, whose command `mergekit-yaml` is in an environment of
its own: `python -m venv mergekit && mergekit/bin/pip install mergekit==0.1.5`. Three models of SmolLM2's size are
merged, it and two with noise; the two take turns, and the median of the rounds counts. `differs` is the largest
difference between any two numbers of the results.
"""

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

NOISE = {"a": 0.0, "b": 0.02, "c": 1.0}  # times the spread of each tensor's values
CASES = {
    "slerp of two": ("slerp", "ac", ["--t", "0.3"], "base_model: a\nparameters: {t: 0.3}"),
    "slerp by depth": (
        "slerp",
        "ab",
        ["--gradient"],
        "base_model: a\nparameters: {t: [{filter: self_attn, value: [0, 0.5, 0.3, 0.7, 1]}, "
        "{filter: mlp, value: [1, 0.5, 0.7, 0.3, 0]}, {value: 0.5}]}",
    ),
    "linear of three": ("linear", "abc", [], "parameters: {weight: 1}"),
    "karcher of three": ("karcher", "abc", [], ""),
}


def make_models(place: Path) -> None:
    """Save the models; in a process of its own, since a child's peak memory counts what its parent held."""
    import torch
    from isogloss.agents.local_models.smollm2 import smollm2_folder
    from safetensors.torch import load_file, save_file

    random = torch.Generator().manual_seed(0)
    for name, noise in NOISE.items():
        shutil.copytree(smollm2_folder(), place / name)
        weights = load_file(place / name / "model.safetensors")
        for each in weights.values():
            each += noise * each.std(correction=0) * torch.randn(each.shape, generator=random)
        save_file(weights, place / name / "model.safetensors", metadata={"format": "pt"})


def difference(first: Path, second: Path) -> float:
    """Return the largest difference between the numbers of two saved models; raises if their tensors differ."""
    from safetensors.torch import load_file

    ours, theirs = (
        {name: each for file in folder.glob("*.safetensors") for name, each in load_file(file).items()}
        for folder in (first, second)
    )
    assert ours.keys() == theirs.keys()
    return max(float((ours[name] - theirs[name]).abs().max()) for name in ours)


def cost(command: Sequence[str], place: Path) -> tuple[float, float]:
    """Run a command and return its seconds and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - began, used.ru_maxrss / 1024


def compared(place: Path, case: str, mergekit: str, rounds: int) -> list[tuple[float, float]]:
    """Merge in turns and return the median seconds and the peak MB of ours and of mergekit's."""
    method, models, options, settings = CASES[case]
    listed = "".join(f"  - model: ./{name}\n" for name in models)
    config = f"models:\n{listed}merge_method: {method}\ndtype: float32\n{settings.replace(': a', ': ./a', 1)}\n"
    (place / "merge.yml").write_text(config)
    commands = (
        [sys.executable, "-m", "isogloss", "train", "merge", *models, "--method", method, *options, "--out", "ours"],
        [mergekit, "merge.yml", "theirs"],
    )
    measured: list[list[tuple[float, float]]] = [[], []]
    for _ in range(rounds):
        for name, command, costs in zip(("ours", "theirs"), commands, measured, strict=True):
            shutil.rmtree(place / name, ignore_errors=True)
            costs.append(cost(command, place))
    return [(median(seconds for seconds, _ in costs), max(memory for _, memory in costs)) for costs in measured]


def main() -> None:
    mergekit, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print("| merge | ours, s | mergekit, s | ratio | ours, MB | mergekit, MB | ratio | differs |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere,
    ):
        place = Path(folder)
        elsewhere.submit(make_models, place).result()
        for case in CASES:
            (ours, our_memory), (theirs, their_memory) = compared(place, case, mergekit, rounds)
            apart = elsewhere.submit(difference, place / "ours", place / "theirs").result()
            costs = f"{ours:.1f} | {theirs:.1f} | {ours / theirs:.2f}"
            memory = f"{our_memory:,.0f} | {their_memory:,.0f} | {our_memory / their_memory:.2f}"
            print(f"| {case} | {costs} | {memory} | {apart:.1e} |", flush=True)


if __name__ == "__main__":
    main()
