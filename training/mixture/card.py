"""The card of a mixture, as model hubs show it."""

from collections.abc import Mapping
from typing import Any

from ..merge.card import cell, hashed_files
from .config import DRAWN
from .report import MixtureSummary, layers_named

_CARD = """---
library_name: transformers
pipeline_tag: text-generation
tags: [moe, merge, text-to-sql, isogloss]
---

# {title}

A mixture of {count} dialect experts ({architecture}), of which {top_k} work on each token, made by Isogloss {version}.

| expert | dialect | model |
| ---: | --- | --- |
{experts}

Attention, norms and embeddings are those of `{base}`. {numbers:,} numbers, {working:,} of them at work on a token.

## The gates

{gates} {condition} `mixture.json` has both for each layer.

The loss that balances the load has the weight {aux_loss} (`router_aux_loss_coef`), and is off until tuning turns it on.

## What it was made of

| model | weights | SHA-256 |
| --- | --- | --- |
{models}

Nothing was measured here of how well the model answers. The licences of the models that it was made of hold for it.
"""


def mixture_card(summary: MixtureSummary, lineage: Mapping[str, Any]) -> str:
    """Return the card as Markdown; ``lineage`` is what ``lineage.json`` holds."""
    experts = [
        f"| {number} | {cell(dialect)} | {cell(model)} |"
        for number, (dialect, model) in enumerate(summary.experts.items())
    ]
    return _CARD.format(
        title=cell(summary.directory.name),
        count=len(summary.experts),
        architecture=summary.architecture,
        top_k=summary.recipe["top_k"],
        version=lineage["versions"]["isogloss"],
        experts="\n".join(experts),
        base=cell(summary.base),
        numbers=summary.numbers,
        working=summary.working,
        gates=_gates(summary.recipe),
        condition=_condition(summary),
        aux_loss=summary.recipe["aux_loss"],
        models="\n".join(hashed_files(lineage)),
    )


def _gates(recipe: Mapping[str, Any]) -> str:
    if recipe["gate"] in DRAWN:
        return f"They were drawn (`{recipe['gate']}`, seed {recipe['seed']}), and know no dialect."
    counts = ", ".join(f"{dialect} {len(texts)}" for dialect, texts in recipe["keywords"].items())
    less = {"others": "less the mean of the other dialects'"}.get(str(recipe["negatives"]), "less their negatives'")
    return f"They are the mean hidden states (`{recipe['gate']}`) of keywords ({counts}), {less}, at unit length."


def _condition(summary: MixtureSummary) -> str:
    least, most = summary.conditions
    hard = f"; it is above 5 at {layers_named(summary.degenerate)}" if summary.degenerate else ""
    return (
        f"The condition number of what parts them is {least:.1f} to {most:.1f} by layer{hard}. The closest two have "
        f"a cosine of {summary.closest:.2f}, at layer {summary.closest_at}."
    )
