"""What lies beside the weights of a merged model: what is taken over from the first, the report, lineage and card."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ... import __version__
from .card import model_card
from .checkpoint import Checkpoint, read_json
from .plot import draw_cosines
from .report import MergeSummary, TensorReport

LINEAGE = "lineage.json"
_TAKEN_OVER = (
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
)


def carry_over(first: Checkpoint, folder: Path, dtype: str | None) -> None:
    """Copy the tokenizer and the settings of the first model; its configuration tells the new number type, if any."""
    for name in _TAKEN_OVER:
        if (first.folder / name).is_file():
            shutil.copyfile(first.folder / name, folder / name)
    config = {key: value for key, value in first.config.items() if key != "_name_or_path"}
    if dtype:
        config = {**{key: value for key, value in config.items() if key != "torch_dtype"}, "dtype": dtype}
    _write_json(folder / "config.json", config)


def write_papers(
    folder: Path,
    summary: MergeSummary,
    reports: Sequence[TensorReport],
    digests: Sequence[Mapping[str, str]],
    models: Sequence[Checkpoint],
) -> None:
    """Write ``merge.json``, ``merge.png``, ``lineage.json`` and the model card ``README.md``."""
    lineage = _lineage(summary, digests, models)
    told = {**asdict(summary), "directory": str(summary.directory)}
    _write_json(folder / "merge.json", {"summary": told, "tensors": [report.record() for report in reports]})
    _write_json(folder / LINEAGE, lineage)
    draw_cosines(reports, folder / "merge.png")
    (folder / "README.md").write_text(model_card(summary, lineage), encoding="utf-8")


def _lineage(
    summary: MergeSummary, digests: Sequence[Mapping[str, str]], models: Sequence[Checkpoint]
) -> dict[str, Any]:
    """Return what the model was made of, and with what; a merged model's own lineage stands under its name."""
    inputs = [
        {"model": str(model.folder), "sha256": dict(each), **_own_lineage(model.folder)}
        for model, each in zip(models, digests, strict=True)
    ]
    versions = {"isogloss": __version__, **{name: version(name) for name in ("torch", "safetensors")}}
    return {"made_by": "isogloss train merge", "recipe": summary.recipe, "models": inputs, "versions": versions}


def _own_lineage(folder: Path) -> dict[str, Any]:
    return {"lineage": read_json(folder / LINEAGE)} if (folder / LINEAGE).is_file() else {}


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
