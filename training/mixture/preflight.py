"""Before any weight is read: whether models can become the experts of a mixture, each obstacle in one sentence."""

from collections.abc import Iterator, Sequence

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.preflight import obstacles
from .families import FAMILIES


def require_mixable(base: Checkpoint, experts: Sequence[Checkpoint]) -> None:
    """Raise ``UsageError`` with a sentence for whatever about the base does not suit or differs in an expert."""
    found = [f"{base.folder} {reason}." for reason in _unsuited(base)] + obstacles([base, *experts])
    if found:
        raise UsageError("\n".join(["These models cannot be mixed; the first is the base.", *found]))


def _unsuited(base: Checkpoint) -> Iterator[str]:
    kind = base.config.get("model_type")
    if kind not in FAMILIES:
        yield f"is of the type {kind}: Transformers has a mixture for {', '.join(FAMILIES)}"
        return
    family = FAMILIES[kind]
    for setting, what in family.lacks.items():
        if base.config.get(setting):
            yield f"has {what} ({setting}), which {family.name} cannot express"
