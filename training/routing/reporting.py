"""The routing report from beginning to end."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ...tools.dialects import get_dialect
from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.output import new_folder, require_free
from ..examples import Example, distinct, read_examples
from ..finetuning.machine import quiet_libraries, use_all_cores
from ..finetuning.source import load_model, load_tokenizer
from ..finetuning.tokens import Lesson, lesson
from .mixture_folder import MixtureFolder, open_mixture
from .own_expert import own_experts
from .papers import write_papers
from .recording import Progress, record, routers
from .report import DialectRouting, RoutingReport, routing_by_part
from .tally import Tally, total


@dataclass(frozen=True, slots=True)
class RoutingConfig:
    """What to report on: the examples in the files ``data``, at most ``limit`` of a dialect, drawn by ``seed``.

    ``experts`` are the dialects of the experts in order where the model's folder does not say them. Examples of more
    than ``max_tokens`` tokens, or more than the model takes, are left out. The report goes to the folder ``out``.
    """

    model: Path
    data: Sequence[Path]
    out: Path
    experts: Sequence[str] | None = None
    limit: int = 30
    max_tokens: int = 2048
    seed: int = 0


def report_routing(config: RoutingConfig, progress: Progress) -> RoutingReport:
    """Run examples through a mixture and write what its routers did: ``routing.json``, ``.md`` and ``.png``.

    Raises ``UsageError`` for what is no mixture, and where no example is of an expert's dialect; then there is no
    folder.
    """
    require_free(config.out)
    mixture = open_mixture(config.model, config.experts)
    chosen = _chosen(config, mixture)
    with new_folder(config.out, size=0) as folder:
        tokenizer, model = _load(mixture.checkpoint)
        config = replace(config, max_tokens=min(config.max_tokens, mixture.context))
        lessons = {dialect: [_lesson(tokenizer, each) for each in examples] for dialect, examples in chosen.items()}
        short = {
            dialect: [each for each in those if len(each) <= config.max_tokens] for dialect, those in lessons.items()
        }
        _require_own(short, mixture, f"of at most {config.max_tokens} tokens ")
        too_long = {dialect: len(those) - len(short[dialect]) for dialect, those in lessons.items()}
        report = _report(config, mixture, _tallies(model, short, progress), list(routers(model)), too_long)
        write_papers(folder, report)
    return report


def _report(
    config: RoutingConfig,
    mixture: MixtureFolder,
    tallies: Mapping[str, Sequence[Tally]],
    layers: Sequence[int],
    too_long: dict[str, int],
) -> RoutingReport:
    dialects = [DialectRouting(name, len(each), routing_by_part(total(each), layers)) for name, each in tallies.items()]
    return RoutingReport(
        model=str(config.model),
        data=tuple(map(str, config.data)),
        directory=config.out,
        experts=mixture.experts,
        top_k=mixture.top_k,
        seed=config.seed,
        max_tokens=config.max_tokens,
        too_long=too_long,
        dialects=tuple(dialects),
        together=routing_by_part(total(map(total, tallies.values())), layers),
        own=own_experts(tallies, mixture.experts, config.seed),
    )


def _chosen(config: RoutingConfig, mixture: MixtureFolder) -> dict[str, list[Example]]:
    """Return examples by dialect, those of the experts in their order before all others; a repeated one counts once."""
    found: dict[str, list[Example]] = {dialect: [] for dialect in mixture.experts if dialect}
    for example in distinct(read_examples(config.data)):
        found.setdefault(get_dialect(example.dialect).name, []).append(example)
    chosen = {
        dialect: random.Random(f"{config.seed} {dialect}").sample(those, min(config.limit, len(those)))
        for dialect, those in found.items()
        if those
    }
    _require_own(chosen, mixture, "")
    return chosen


def _require_own(given: Mapping[str, Sequence[Any]], mixture: MixtureFolder, which: str) -> None:
    """Raise ``UsageError`` where nothing is given, or nothing for any of the experts whose dialect is known."""
    experts = [dialect for dialect in mixture.experts if dialect]
    if not any(given.get(dialect) for dialect in experts or given):
        raise UsageError(f"There is no example {which}for {' or '.join(experts) or 'any dialect'}: give other DATA.")


def _lesson(tokenizer: Any, example: Example) -> Lesson:
    return lesson(tokenizer, example.prompt, example.completion)


def _tallies(model: Any, lessons: Mapping[str, Sequence[Lesson]], progress: Progress) -> dict[str, list[Tally]]:
    """Return the tallies of each dialect that has examples, all having run together."""
    found = iter(record(model, [each for those in lessons.values() for each in those], progress))
    return {dialect: [next(found) for _ in those] for dialect, those in lessons.items() if those}


def _load(mixture: Checkpoint) -> tuple[Any, Any]:
    """Return the tokenizer and the model, on a GPU if there is one."""
    quiet_libraries()
    use_all_cores()
    tokenizer, model = load_tokenizer(mixture), load_model(mixture)
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
