"""Which files of questions a path stands for, as the public sets are distributed."""

from pathlib import Path

from ..errors import UsageError

PERTURBED = (
    "questions_post_perturbation.json"  # Dr.Spider, https://github.com/awslabs/diagnostic-robustness-text-to-sql
)
_SPLITS = ("pairs.jsonl", "dev.json", "dev.jsonl", "train.json")


def question_files(path: Path) -> list[Path]:
    """Return the files of questions at ``path``: the file itself, or those of a folder.

    A folder stands for the pairs of a run, else for the development split, else for ``train.json``; one of Dr.Spider
    for its perturbed questions, one of KaggleDBQA for its tests, or for all examples where none is marked as a test.
    Raises ``UsageError`` where there is nothing to read.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"There is no {path}: name a file of questions, or the folder of a question set.")
    found = _perturbed(path) or _split(path) or _examples(path)
    if not found:
        raise UsageError(f"{path} has none of {', '.join(_SPLITS)}: name a file of questions in it.")
    return found


def _perturbed(folder: Path) -> list[Path]:
    """Return the perturbed questions of one set of Dr.Spider, or of all of them."""
    patterns = (PERTURBED, f"*/{PERTURBED}", f"data/*/{PERTURBED}")
    return next(filter(None, (sorted(folder.glob(pattern)) for pattern in patterns)), [])


def _split(folder: Path) -> list[Path]:
    return [folder / name for name in _SPLITS if (folder / name).is_file()][:1]


def _examples(folder: Path) -> list[Path]:
    """Return the examples of KaggleDBQA, whose ``NAME.json`` repeats ``NAME_test.json`` and ``NAME_fewshot.json``."""
    examples = folder if folder.name == "examples" else folder / "examples"
    return sorted(examples.glob("*_test.json")) or sorted(examples.glob("*.json"))
