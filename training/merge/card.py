"""The card of a merged model, as model hubs show it."""

import json
from collections.abc import Mapping
from typing import Any

from .report import MergeSummary

_CARD = """---
library_name: transformers
pipeline_tag: text-generation
tags: [merge, text-to-sql, isogloss]
---

# {title}

{count} models merged by Isogloss {version}: {recipe}.

| model | weights | SHA-256 |
| --- | --- | --- |
{models}

## How the tensors were merged

| branch | steps | of all steps | of all numbers |
| --- | ---: | ---: | ---: |
{branches}

{apart}

![1 - cosine of the models' tensors, by layer and kind](merge.png)

`end`: taken from one model. `same`: equal in all. `lerp`: on the straight line, the cosine being above 0.9995.
`slerp`: on the arc. `karcher`, `linear`: means of all models at once. `ties`, `dare`: the base and what is kept of all
changes. `merge.json` says it of each tensor, and `lineage.json` what this model was made of.

Nothing was measured here of how well the model answers. The licences of the models that it was made of hold for it.
"""


def model_card(summary: MergeSummary, lineage: Mapping[str, Any]) -> str:
    """Return the card as Markdown; ``lineage`` is what ``lineage.json`` holds."""
    recipe = ", ".join(f"{key} {json.dumps(value)}" for key, value in summary.recipe.items() if value is not None)
    branches = [
        f"| {branch} | {each.steps} | {each.share:.1%} | {each.share_of_numbers:.1%} |"
        for branch, each in summary.branches.items()
    ]
    return _CARD.format(
        title=cell(summary.directory.name),
        count=len(summary.models),
        version=lineage["versions"]["isogloss"],
        recipe=recipe,
        models="\n".join(hashed_files(lineage)),
        branches="\n".join(branches),
        apart=_apart(summary),
    )


def _apart(summary: MergeSummary) -> str:
    if summary.smallest_cosine is None:
        return "No two of the tensors have an angle between them."
    return (
        f"The furthest apart were those of `{summary.furthest_apart}`, with a cosine of {summary.smallest_cosine:.6f}."
    )


def hashed_files(lineage: Mapping[str, Any]) -> list[str]:
    """Return a row of a table for each weight file that a model was made of: the model, the file, its SHA-256."""
    return [
        f"| {cell(model['model'])} | {cell(file)} | `{digest}` |"
        for model in lineage["models"]
        for file, digest in model["sha256"].items()
    ]


def cell(text: str) -> str:
    """Return a text as it may stand in a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ")
