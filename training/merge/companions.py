"""What lies beside the weights of a merged model: its configuration, the report, lineage and card."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.lineage import LINEAGE, lineage_of, write_json
from .card import model_card
from .plot import draw_cosines
from .report import MergeSummary, TensorReport


def merged_config(first: Checkpoint, dtype: str | None) -> dict[str, Any]:
    """Return the configuration of the first model, which tells the new number type, if any."""
    config = {key: value for key, value in first.config.items() if key != "_name_or_path"}
    if not dtype:
        return config
    return {**{key: value for key, value in config.items() if key != "torch_dtype"}, "dtype": dtype}


def write_papers(
    folder: Path,
    summary: MergeSummary,
    reports: Sequence[TensorReport],
    digests: Sequence[Mapping[str, str]],
    models: Sequence[Checkpoint],
) -> None:
    """Write ``merge.json``, ``merge.png``, ``lineage.json`` and the model card ``README.md``."""
    folders = [model.folder for model in models]
    lineage = lineage_of("isogloss train merge", summary.recipe, folders, digests)
    told = {**asdict(summary), "directory": str(summary.directory)}
    write_json(folder / "merge.json", {"summary": told, "tensors": [report.record() for report in reports]})
    write_json(folder / LINEAGE, lineage)
    draw_cosines(reports, folder / "merge.png")
    (folder / "README.md").write_text(model_card(summary, lineage), encoding="utf-8")
