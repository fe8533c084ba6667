"""The card of a dataset: a header that Hugging Face reads, and what people want to know before they use it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from .. import __version__
from ..tools.dialects import get_dialect
from ..tools.errors import UsageError
from .dataset import Pair
from .dataset_columns import Columns
from .dataset_statistics import PairCounts
from .statistics import FEATURES
from .tracing.export_markdown import fenced, plain, table

Split = Literal["train", "test"]
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"
_LISTED = 12  # values of an origin
_TYPES = {"VARCHAR": "string", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "bool"}
_ORIGINS = {
    "dialect": "dialect",
    "database": "database",
    "engine": "executed in",
    "source": "database from",
    "source_dialect": "translated from",
    "translated_by": "translated by",
    "generator": "generator",
    "critic": "critic",
    "paraphraser": "paraphraser",
    "corpus": "tutorials",
    "seed": "seed",
    "isogloss": "Isogloss",
}
_COLUMNS = {
    "id": "name of the pair, unique in its run",
    "question": "what is asked, in English",
    "original_question": "the question before it was said in other words",
    "evidence": "what one has to know besides",
    "sql": "the query that answers it",
    "paraphrases": "the question in other words",
    "rows": "how many rows the query returned",
    "tables": "tables that the query reads",
    "keywords": "keywords of the dialect that the query was to use",
    "features": f"of {', '.join(FEATURES)}: those in the query",
    "hardness": "how hard the query is by Spider's rules",
    "skeleton": "the query without names and values",
    "template": "what the query was filled from; its skeleton, where there was none",
    "seed_query": "the query that the template was made of",
    "source_sql": "the query it was translated from",
    "source_id": "the question's name where it comes from",
    "snippets": "tutorial snippets that the generator was shown",
    "taught_by": "the snippet that the template was made after",
    "by_hand": "what a person wrote",
    "attempts": "how many queries were executed for it",
    "repaired": "whether a failed query was mended",
    "dialect": "of the query",
    "database": "whose tables the query reads",
    "source": "where the database comes from",
    "generator": "the model that wrote",
    "critic": "the model that judged",
    "paraphraser": "the model that said questions in other words",
    "corpus": "the tutorials that the generator was taught by",
    "seed": "of the run: the same seed gives the same pairs",
    "isogloss": "version of Isogloss",
    "engine": "name and version of what executed the query",
    "stand_in": "whether this stood in for the product",
    "evaluation_database": "whether the database is one to evaluate on",
    "prompts": "version of each prompt",
    "corpus_hash": "version of the tutorials",
    "sql_digest": "the same for queries that differ in spelling alone",
}


@dataclass(slots=True)
class Survey:
    """What there is to say of a dataset, learned row by row."""

    columns: Columns = field(default_factory=Columns)
    counts: PairCounts = field(default_factory=PairCounts)
    splits: dict[Split, int] = field(default_factory=lambda: {"train": 0, "test": 0})
    origins: dict[str, Counter[str]] = field(default_factory=dict)
    stand_in: int = 0
    evaluation: int = 0

    def add(self, pair: Pair, split: Split) -> None:
        """Learn from a row of ``split``."""
        self.columns.add(pair)
        self.counts.add(pair)
        self.splits[split] += 1
        self.stand_in += bool(pair.get("stand_in"))
        self.evaluation += bool(pair.get("evaluation_database"))
        for name in _ORIGINS:
            if pair.get(name) is not None:
                self.origins.setdefault(name, Counter())[str(pair[name])] += 1


def dataset_card(name: str, survey: Survey) -> str:
    """Return the card of a dataset as its ``README.md``."""
    header = yaml.safe_dump(_header(survey), sort_keys=False, allow_unicode=True)
    return f"---\n{header}---\n\n" + "\n\n".join(_body(name, survey)) + "\n"


def _header(survey: Survey) -> dict[str, Any]:
    size = next((word for limit, word in _SIZES if survey.counts.pairs < limit), _LARGEST)
    files = [{"split": split, "path": f"data/{split}-*.parquet"} for split, count in survey.splits.items() if count]
    return {
        "language": ["en"],
        "task_categories": ["table-question-answering", "text-generation"],
        "tags": ["text-to-sql", "synthetic", *survey.origins.get("dialect", ())],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _body(name: str, survey: Survey) -> Iterator[str]:
    statistics = survey.counts.statistics()
    yield f"# {plain(name)}"
    dialects = " or ".join(map(_title, survey.origins.get("dialect", ()))) or "SQL"
    yield (
        f"{statistics.pairs:,} questions, each with a {plain(dialects)} query that answers it. Every query was"
        f" executed, and what it returned was checked. Made with Isogloss {__version__}."
    )
    yield from _warnings(survey)
    yield "## Load it"
    yield fenced('from datasets import load_dataset\n\ndataset = load_dataset("path/to/this/folder")', "python")
    yield "## What is in it"
    fewest, median, most = statistics.question_words
    facts = [
        ("pairs", statistics.pairs),
        *((f"of them {split}", count) for split, count in survey.splits.items() if count),
    ]
    facts += [("repaired", statistics.repaired)]
    facts += [(f"with {feature}", statistics.features.get(feature, 0)) for feature in FEATURES]
    facts += [("distinct templates", statistics.templates), ("distinct skeletons", statistics.skeletons)]
    told = [(fact, f"{number:,}") for fact, number in facts]
    yield table(("what", "how many"), [*told, ("words in a question", f"{fewest} to {most}, median {median}")])
    if survey.splits["test"]:
        yield "No template of `test` is in `train`."
    yield "## Columns"
    types = ((column, _type(kind), _COLUMNS.get(column, "")) for column, kind in survey.columns.types().items())
    yield table(("column", "type", "what"), types)
    yield "## Where it comes from"
    origins = ((title, _listed(survey.origins[name])) for name, title in _ORIGINS.items() if name in survey.origins)
    yield table(("what", "which"), origins)
    yield "## Licence"
    yield "Yours to choose, as far as the database and the models let you: add `license:` to the header of this file."


def _warnings(survey: Survey) -> Iterator[str]:
    if survey.evaluation:
        yield (
            f"**Warning: {survey.evaluation:,} pairs are on databases for evaluation.** A model that is trained on them"
            " has seen what it will be asked about: its score there says nothing."
        )
    if survey.stand_in:
        yield (
            f"**Note: {survey.stand_in:,} queries were executed in a stand-in, not in the product itself**: some that"
            " ran may fail there, or return other rows."
        )


def _type(kind: str) -> str:
    """Return a type in the words of ``datasets``."""
    if kind.startswith("STRUCT("):
        return "object"
    for ours, theirs in _TYPES.items():
        kind = kind.replace(ours, theirs)
    return kind.replace("[]", " list")


def _title(dialect: str) -> str:
    try:
        return get_dialect(dialect).title
    except UsageError:  # of a package that is not installed here
        return dialect


def _listed(values: Counter[str]) -> str:
    shown = [name for name, _ in values.most_common(_LISTED)]
    return ", ".join(shown) + (f", and {len(values) - len(shown)} more" if len(values) > len(shown) else "")
