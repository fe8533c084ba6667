"""The settings of Isogloss in the words of the Trainer of Transformers."""

from typing import Any

import torch

from .config import TrainingConfig
from .machine import in_bf16, processes
from .work_folder import WorkFolder

_SHARE = 0.2  # of all steps: evaluations and checkpoints are so far apart, where nothing else is chosen


def rate_of(config: TrainingConfig) -> float:
    """Return the highest learning rate: the one chosen, else the usual one."""
    return config.usual_rate if config.learning_rate is None else config.learning_rate


def trainer_arguments(config: TrainingConfig, work: WorkFolder, measures: bool) -> dict[str, Any]:
    """Return what every trainer is told; ``measures`` says whether there are examples held out."""
    on_gpu, micro = torch.cuda.is_available(), config.micro_batch or config.batch // processes()
    every = config.evaluate_every or _SHARE
    return {
        "output_dir": str(work.checkpoints.absolute()),  # a checkpoint names the best one by its place
        "num_train_epochs": config.epochs,
        "max_steps": config.steps or -1,
        "learning_rate": rate_of(config),
        "lr_scheduler_type": "cosine",
        "per_device_train_batch_size": micro,
        "per_device_eval_batch_size": micro,
        "gradient_accumulation_steps": config.batch // (micro * processes()),
        "eval_strategy": "steps" if measures else "no",
        "eval_steps": every if measures else None,
        "prediction_loss_only": True,
        "save_strategy": "steps",
        "save_steps": every if config.patience is not None else config.save_every or every,
        "save_total_limit": None,  # `remove_older` does it
        "load_best_model_at_end": config.patience is not None,
        "metric_for_best_model": "eval_loss" if config.patience is not None else None,
        "greater_is_better": False if config.patience is not None else None,
        "restore_callback_states_from_checkpoint": True,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,  # it would hide the very losses to stop at
        "bf16": in_bf16(config.precision),
        "use_cpu": not on_gpu,
        "dataloader_pin_memory": on_gpu,
        "gradient_checkpointing": None,  # on in TRL, where it trades a fifth of the speed for memory
        "report_to": "none",
        "disable_tqdm": True,
        "log_level": "error",
        "seed": config.seed,
        "data_seed": config.seed,
    }
