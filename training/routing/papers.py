"""The files of a routing report: JSON for scripts, Markdown and a heat map for people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..checkpoints.lineage import write_json
from ..metrics import Estimate
from .plot import draw_routing
from .report import OwnExpert, RoutingReport
from .tally import PARTS

_REPORT = """# Routing of {model}

{experts} experts, of which {top_k} take a token; {examples}.

## Share of the picks

By dialect of the example, over all layers; chance is {chance:.1%}.

{shares}

![Share of the picks by dialect, layer and expert](routing.png)
{own}
## Entropy

Of all dialects' tokens together; 0 to 1, in units of the logarithm of the number of experts. *Load*: of the mean of the
router's probabilities, 1 where the experts are loaded alike. *Token*: the mean of each token's own, 0 where the router
is sure.

{entropies}
"""
_OWN = """
## Own experts

Whether a dialect's tokens reach its own expert more than chance, and more than those of other dialects do; differences
in percentage points, with 95 % intervals from drawing the examples anew.

{rows}
"""


def write_papers(folder: Path, report: RoutingReport) -> None:
    """Write ``routing.json``, ``routing.md`` and ``routing.png``."""
    write_json(folder / "routing.json", {**asdict(report), "directory": str(report.directory)})
    (folder / "routing.md").write_text(_markdown(report), encoding="utf-8")
    draw_routing(report, folder / "routing.png")


def said_examples(report: RoutingReport) -> str:
    """Return in words how many examples of which dialect there were, and how many were left out."""
    counts = ", ".join(f"{each.examples} {each.dialect}" for each in report.dialects)
    left_out = sum(report.too_long.values())
    return f"{counts} examples" + (f" ({left_out} left out, of over {report.max_tokens} tokens)" if left_out else "")


def points(estimate: Estimate | None) -> str:
    """Return a difference of shares in percentage points, with its interval."""
    if estimate is None or estimate.value is None:
        return ""
    return f"{100 * estimate.value:+.1f} [{100 * estimate.low:+.1f}, {100 * estimate.high:+.1f}]"


def _markdown(report: RoutingReport) -> str:
    return _REPORT.format(
        model=report.model,
        experts=len(report.experts),
        top_k=report.top_k,
        examples=said_examples(report),
        chance=1 / len(report.experts),
        shares=_table(["dialect", "tokens", *report.labels], _share_rows(report)),
        own=_OWN.format(rows=_own_table(report.own)) if report.own else "",
        entropies=_table(["layer", "load", "token"], _entropy_rows(report)),
    )


def _share_rows(report: RoutingReport) -> Iterator[list[str]]:
    for dialect in report.dialects:
        for part in PARTS:
            yield [dialect.dialect, part, *(f"{share:.1%}" for share in dialect.parts[part].picks)]


def _own_table(own: Sequence[OwnExpert]) -> str:
    names = ["dialect", "tokens", "its share", "others' share", "over chance", "over others"]
    rows = [
        [
            each.dialect,
            each.part,
            f"{each.share:.1%}",
            "" if each.others is None else f"{each.others:.1%}",
            points(each.over_chance),
            points(each.over_others),
        ]
        for each in own
    ]
    return _table(names, rows)


def _entropy_rows(report: RoutingReport) -> Iterator[list[str]]:
    for each in report.together["all"].layers:
        yield [str(each.layer), f"{each.entropy_of_mean:.3f}", f"{each.mean_entropy:.3f}"]


def _table(names: Sequence[str], rows: Iterable[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
