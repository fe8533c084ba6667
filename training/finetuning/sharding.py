"""Weights spread over processes: fully sharded data parallelism (FSDP), where ``accelerate launch`` is told of it."""

import os
from typing import TYPE_CHECKING, Any

import torch
from accelerate import DistributedType, PartialState
from peft import get_peft_model

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint
from .machine import is_main, processes
from .source import load_model
from .work_folder import WorkFolder

if TYPE_CHECKING:
    from transformers import Trainer
else:
    Trainer = object


def is_sharded() -> bool:
    """Tell whether each process holds a part of the weights, as ``accelerate launch`` says."""
    return os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"


def check_sharding() -> None:
    """Raise ``UsageError`` for a way to shard that trainings here were never made for."""
    if is_sharded() and os.environ.get("FSDP_VERSION") != "2":
        raise UsageError("Weights are spread with FSDP2 here: write `fsdp_version: 2` into the configuration.")


def spread() -> dict[str, Any]:
    """Return over what a training is spread, as its settings say it: parts of weights go on from no whole copies."""
    return {"processes": processes(), **({"sharded": True} if is_sharded() else {})}


def require_seen(trainer: Any, work: WorkFolder) -> None:
    """Raise ``UsageError`` in all processes where one does not see the folder of the training: it would begin anew."""
    blind = torch.tensor(float(not work.is_there()), device=trainer.args.device)
    if count := int(trainer.accelerator.reduce(blind, "sum")):
        raise UsageError(
            f"{count} of {processes()} processes see no {work.place.absolute()}: give an --out that all machines share."
        )


class Sharded(Trainer):  # type: ignore[misc]
    """Stands before a trainer among the bases of a class, and shards on processors as on GPUs."""

    def create_accelerator_and_postprocess(self) -> None:
        """Make the accelerator.

        Torch shards on processors too, but Accelerate (1.15) looks for the setting only where it knows of GPUs, and
        would go on with whole copies without a word.
        """
        if is_sharded() and PartialState().distributed_type == DistributedType.MULTI_CPU:
            PartialState._shared_state["distributed_type"] = DistributedType.MULTI_GPU
        super().create_accelerator_and_postprocess()


def trained(trainer: Any, source: Checkpoint) -> tuple[Any, dict[str, Any]]:
    """Return the model with its adapters merged in, and its weights, of which the main process alone may have all.

    Parts of weights cannot be merged, and no GPU may have room for the whole: it is done with a copy of ``source``.
    """
    model = trainer.accelerator.unwrap_model(trainer.model)
    adapted = hasattr(model, "merge_and_unload")
    if adapted and not is_sharded():
        model = model.merge_and_unload()
        return model, model.state_dict()
    weights = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    if adapted and is_main():
        whole = get_peft_model(load_model(source), model.peft_config["default"])
        whole.load_state_dict(weights)
        model = whole.merge_and_unload()
        weights = model.state_dict()
    return model, weights
