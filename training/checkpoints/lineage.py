"""What lies beside the weights of every model made here: what it has from its origin, and the lineage that tells of it.

``lineage.json`` says what a model was made of, down to the SHA-256 of each weight file, how, and with which versions;
the lineage of an input that was made here itself stands within.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ... import __version__
from .checkpoint import Checkpoint, read_json, sha256_of

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
    "mixture.json",  # whose the experts are, of a mixture that is tuned
)


def carry_over(first: Checkpoint, folder: Path, config: Mapping[str, Any]) -> None:
    """Copy the tokenizer and the generation settings of ``first`` into ``folder``, and write ``config`` beside them."""
    for name in _TAKEN_OVER:
        if (first.folder / name).is_file():
            shutil.copyfile(first.folder / name, folder / name)
    write_json(folder / "config.json", config)


def lineage_of(
    made_by: str,
    recipe: Mapping[str, Any],
    models: Sequence[Path],
    digests: Sequence[Mapping[str, str]] | None = None,
    libraries: Sequence[str] = ("torch", "safetensors"),
) -> dict[str, Any]:
    """Return what ``lineage.json`` is to say of a model that the command ``made_by`` made of ``models`` by ``recipe``.

    ``digests`` are the SHA-256 of each model's files by name; where they are not at hand they are computed, which reads
    the files whole.
    """
    known = digests or [{file.name: sha256_of(file) for file in sorted(m.glob("*.safetensors"))} for m in models]
    inputs = [
        {"model": str(model), "sha256": dict(each), **_own_lineage(model)}
        for model, each in zip(models, known, strict=True)
    ]
    versions = {"isogloss": __version__, **{name: version(name) for name in libraries}}
    return {"made_by": made_by, "recipe": dict(recipe), "models": inputs, "versions": versions}


def _own_lineage(folder: Path) -> dict[str, Any]:
    return {"lineage": read_json(folder / LINEAGE)} if (folder / LINEAGE).is_file() else {}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write an object as indented JSON."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
