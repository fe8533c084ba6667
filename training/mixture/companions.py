"""What lies beside the weights of a mixture: what is known of its gates, its lineage and card."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ..checkpoints.lineage import LINEAGE, lineage_of, write_json
from .card import mixture_card
from .config import MixtureConfig
from .report import LayerGates, MixtureSummary

MIXTURE = "mixture.json"


def write_papers(
    folder: Path,
    summary: MixtureSummary,
    gates: Sequence[LayerGates],
    digests: Sequence[Mapping[str, str]],
    config: MixtureConfig,
) -> None:
    """Write ``mixture.json``, ``lineage.json`` and the model card ``README.md``."""
    libraries = ("torch", "transformers", "safetensors")
    lineage = lineage_of("isogloss train mixture", summary.recipe, config.folders, digests, libraries)
    told = {
        "summary": {**asdict(summary), "directory": str(summary.directory)},
        "experts": [{"dialect": dialect, "model": model} for dialect, model in summary.experts.items()],
        "gates": [asdict(each) for each in gates],
    }
    write_json(folder / MIXTURE, told)
    write_json(folder / LINEAGE, lineage)
    (folder / "README.md").write_text(mixture_card(summary, lineage), encoding="utf-8")
