"""What lies beside the weights of a trained model: its numbers, its plot, its card and its lineage."""

import shutil
from dataclasses import asdict

from ... import __version__
from ..checkpoints.lineage import LINEAGE, lineage_of, write_json
from .arguments import rate_of
from .config import TrainingConfig
from .inputs import Inputs
from .journal import read_log
from .machine import in_bf16
from .plot import draw_losses
from .sharding import spread
from .summary import TrainingSummary
from .work_folder import WorkFolder

_LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "safetensors")
_CARD = """---
library_name: transformers
pipeline_tag: text-generation
tags: [{command}, text-to-sql, isogloss]
---

# {title}

{model}, trained by `isogloss train {command}` {version} on {train} examples for {steps} steps ({epochs:.2f} epochs).

| | |
| --- | ---: |
{numbers}

![the loss by step](loss.png)

Losses are {measure}. `training.json` has all settings, `losses.jsonl` the loss of
each step, and `lineage.json` the digests of the model and the data.
{notes}
Nothing was measured here of how well the model answers. The licences of the model and of the data hold for it.
"""
_SHOWN = (
    *("held_out", "left_out", "too_long", "duplicates", "tokens", "trained", "seconds"),
    *("first_loss", "last_loss", "best_held_out_loss", "first_margin", "last_margin"),
)


def write_papers(
    command: str, summary: TrainingSummary, config: TrainingConfig, inputs: Inputs, work: WorkFolder
) -> None:
    """Write all of it into the folder of the model."""
    recipe = {
        **config.settings(),
        "data": inputs.data,
        "learning_rate": rate_of(config),
        "bf16": in_bf16(config.precision),
        **spread(),
    }
    shutil.copyfile(work.losses, work.model / "losses.jsonl")
    draw_losses(read_log(work.losses), config.measure, work.model / "loss.png")
    told = {**asdict(summary), "directory": str(summary.directory)}
    write_json(work.model / "training.json", {"summary": told, "settings": recipe})
    made_by, folder = f"isogloss train {command}", inputs.source.folder
    write_json(work.model / LINEAGE, lineage_of(made_by, recipe, [folder], [inputs.weights], _LIBRARIES))
    card = _card(command, summary, config)
    (work.model / "README.md").write_text(card, encoding="utf-8")


def _card(command: str, summary: TrainingSummary, config: TrainingConfig) -> str:
    told = {name.replace("_", " "): getattr(summary, name) for name in _SHOWN}
    return _CARD.format(
        command=command,
        title=summary.directory.name,
        model=config.model,
        version=__version__,
        train=summary.train,
        steps=summary.steps,
        epochs=summary.epochs,
        measure=config.measure,
        numbers="\n".join(f"| {name} | {round(value, 4)} |" for name, value in told.items() if value is not None),
        notes="".join(f"\n{note}\n" for note in summary.notes),
    )
