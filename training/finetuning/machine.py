"""What the machine offers a training, and what the training took of it."""

import logging
import os
import resource
import sys
import warnings
from pathlib import Path

import torch

_STATUS = Path("/proc/self/status")


def in_bf16(precision: str) -> bool:
    """Tell whether to compute in bf16; ``auto`` does where the machine has instructions for it."""
    if precision != "auto":
        return precision == "bf16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    has = torch.cpu.get_capabilities()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))


def processes() -> int:
    """Return how many processes train together, as ``accelerate launch`` started them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Tell whether this process is the one that prints and writes."""
    return os.environ.get("RANK", "0") == "0"


def use_all_cores() -> None:
    """Let torch use each physical core once, shared among the processes; ``OMP_NUM_THREADS`` is respected."""
    if "OMP_NUM_THREADS" not in os.environ:
        cores = int(torch.cpu.get_capabilities().get("num_physical_cores") or os.cpu_count() or 1)
        torch.set_num_threads(max(1, min(cores, os.cpu_count() or 1) // processes()))


def quiet_libraries() -> None:
    """Keep the bars and notes of the libraries off the terminal; their errors are raised all the same."""
    import datasets
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # PEFT asks for it by its old name
    warnings.filterwarnings("ignore", "fan_in_fan_out", UserWarning)  # PEFT's, of GPT-2: it does what it must
    for name in ("trl", "accelerate", "peft", "torch.distributed"):
        logging.getLogger(name).setLevel(logging.ERROR)


def peak_memory_mb() -> float:
    """Return the most memory that this process held, in MB; on a GPU, what torch held there."""
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 1e6
    if _STATUS.exists():  # `getrusage` counts what the process that started this one held
        return int(_STATUS.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
