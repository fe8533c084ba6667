"""What a mixture costs and whether it is right: `python benchmarks/mixture.py MERGEKIT_MOE [ROUNDS]`.

`isogloss train mixture` beside mergekit, whose command `mergekit-moe` is in an environment of its own:
`python -m venv mergekit && mergekit/bin/pip install mergekit==0.1.5`. Three models of SmolLM2's size, it and two with
noise, become experts on the first, with the keywords that SQL-GEN's authors published. The two take turns, and the
median of the rounds counts. Then the results are compared by their largest differences: all but the gates, and the
gates, those of mergekit as they are, from hidden states in bfloat16, and as its code computes them in float32; and the
gates of both in float32 with what the same means are if the whole model sees each text alone, with nothing to pad.
"""

import json
import multiprocessing
import shutil
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from isogloss.benchmarks.merge import cost, make_models

KEYWORDS = {
    "sqlite": "JULIANDAY CURRENT_TIME GLOB GROUP_CONCAT QUOTE TOTAL VACUUM UNLIKELY LIKELY CHAR",
    "postgres": "ARRAY_AGG STRING_AGG JSONB_BUILD_OBJECT TO_CHAR GENERATE_SERIES RANK CUME_DIST LEAD LAG TABLESAMPLE",
    "bigquery": "ARRAY_CONCAT STRUCT UNNEST SAFE_DIVIDE NET.IP_FROM_STRING PARSE_TIMESTAMP GENERATE_ARRAY"
    " FARM_FINGERPRINT ARRAY_TO_STRING PIVOT",
}
GATES = {"last": "hidden", "mean": "hidden_avg", "random": "random"}  # ours and mergekit's
SETTINGS = ("num_experts_per_tok", "num_local_experts", "router_aux_loss_coef", "rope_parameters", "rms_norm_eps")
EXPERTS = dict(zip(KEYWORDS, "abc", strict=True))
IN_FLOAT32 = "import torch; from mergekit.scripts.moe import main; torch.bfloat16 = torch.float32; main()"


def write_keywords(place: Path) -> None:
    lines = [f"{dialect}\t{word}" for dialect, words in KEYWORDS.items() for word in words.split()]
    (place / "keywords.tsv").write_text("\n".join(["dialect\tkeyword", *lines, ""]))


def commands(place: Path, gate: str, mergekit: str) -> list[list[str]]:
    """Return our command and mergekit's, which make `ours` and `theirs` with the same gates."""
    drawn = gate == "random"
    experts = [
        {"source_model": f"./{model}"}
        | ({} if drawn else {"positive_prompts": KEYWORDS[dialect].split()})
        | ({} if drawn else {"negative_prompts": " ".join(KEYWORDS[d] for d in KEYWORDS if d != dialect).split()})
        for dialect, model in EXPERTS.items()
    ]
    wishes = {"base_model": "./a", "gate_mode": GATES[gate], "dtype": "float32", "experts": experts}
    (place / "mixture.yml").write_text(json.dumps(wishes))
    named = [f"{dialect}={model}" for dialect, model in EXPERTS.items()]
    keywords = [] if drawn else ["--keywords", "keywords.tsv"]
    ours = ["train", "mixture", *named, "--base", "a", "--gate", gate, *keywords, "--out", "ours"]
    return [[sys.executable, "-m", "isogloss", *ours], [mergekit, "mixture.yml", "theirs"]]


def compared(place: Path, gate: str, mergekit: str, rounds: int) -> list[tuple[float, float]]:
    """Mix in turns and return the median seconds and the peak MB of ours and of mergekit's."""
    measured: list[list[tuple[float, float]]] = [[], []]
    for _ in range(rounds):
        for name, command, costs in zip(("ours", "theirs"), commands(place, gate, mergekit), measured, strict=True):
            shutil.rmtree(place / name, ignore_errors=True)
            costs.append(cost(command, place))
    return [(median(seconds for seconds, _ in costs), max(memory for _, memory in costs)) for costs in measured]


def alone(place: Path, gate: str) -> tuple[Any, Any]:
    """Return the gates [layers, experts, hidden] of the whole model in float32, which sees one text at a time.

    The first are as ours, whose means leave out the token that begins a text; the second as mergekit's, with it.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    model, tokenizer = AutoModel.from_pretrained(place / "a"), AutoTokenizer.from_pretrained(place / "a")

    def states(word: str) -> Any:
        ids = torch.tensor([[tokenizer.bos_token_id, *tokenizer.encode(word, add_special_tokens=False)]])
        each = torch.stack(model(ids, output_hidden_states=True).hidden_states[:-1])[:, 0]
        return torch.stack([each[:, -1] if gate == "last" else each[:, first:].mean(dim=1) for first in (1, 0)])

    with torch.inference_mode():
        means = [torch.stack([states(word) for word in words.split()]).mean(dim=0) for words in KEYWORDS.values()]
    rows = [own - sum(other for other in means if other is not own) / 2 for own in means]
    ours, theirs = torch.nn.functional.normalize(torch.stack(rows, dim=2), dim=-1)
    return ours, theirs


def numbers(folder: Path) -> tuple[dict[str, Any], Any]:
    """Return the tensors of a saved mixture, and its gates [layers, experts, hidden]."""
    import torch
    from safetensors.torch import load_file

    held = {name: each for file in folder.glob("*.safetensors") for name, each in load_file(file).items()}
    layers = range(sum(name.endswith("mlp.gate.weight") for name in held))
    return held, torch.stack([held.pop(f"model.layers.{layer}.mlp.gate.weight") for layer in layers])


def differences(place: Path, gate: str) -> list[str]:
    """Return the cells of the table: the settings that differ, and the largest differences between numbers."""
    (ours, our_gates), (theirs, their_gates) = numbers(place / "ours"), numbers(place / "theirs")
    settings = [json.loads((place / name / "config.json").read_text()) for name in ("ours", "theirs")]
    assert ours.keys() == theirs.keys()
    differ = [key for key in SETTINGS if settings[0].get(key) != settings[1].get(key)]
    cells = [", ".join(differ) or "none", largest(ours[name] - theirs[name] for name in ours)]
    if gate == "random":
        return [*cells, *[""] * 4]
    precise = numbers(place / "precise")[1]
    ours_alone, theirs_alone = alone(place, gate)
    pairs = (our_gates, their_gates), (our_gates, precise), (our_gates, ours_alone), (precise, theirs_alone)
    return cells + [largest([one - other]) for one, other in pairs]


def largest(apart: Iterable[Any]) -> str:
    return f"{max(float(each.abs().max()) for each in apart):.1e}"


def main() -> None:
    mergekit, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    made = "settings | all but gates | gates | gates in float32 | ours to alone | mergekit's in float32 to alone"
    print(f"| gates | ours, s | mergekit, s | ratio | ours, MB | mergekit, MB | ratio | {made} |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere,
    ):
        place = Path(folder)
        elsewhere.submit(make_models, place).result()
        write_keywords(place)
        for gate in GATES:
            shutil.rmtree(place / "precise", ignore_errors=True)
            (ours, our_memory), (theirs, their_memory) = compared(place, gate, mergekit, rounds)
            if gate != "random":
                python = str(Path(mergekit).with_name("python"))
                cost([python, "-c", IN_FLOAT32, "mixture.yml", "precise"], place)
            costs = f"{ours:.1f} | {theirs:.1f} | {ours / theirs:.2f}"
            memory = f"{our_memory:,.0f} | {their_memory:,.0f} | {our_memory / their_memory:.2f}"
            told = " | ".join(elsewhere.submit(differences, place, gate).result())
            print(f"| {gate} | {costs} | {memory} | {told} |", flush=True)


if __name__ == "__main__":
    main()
