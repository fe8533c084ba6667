"""The report of a training as tables, as Markdown and as JSON."""

from collections.abc import Iterable
from pathlib import Path

from ..cleaning import Cleaner
from ..console import as_json
from ..evaluation.page import markdown_table
from ..evaluation.tables import TextTable, percent, points
from ..progress import clock_face
from .report import Score, TrainingReport

REPORT = "report"


def write_report(report: TrainingReport, directory: Path) -> None:
    """Write ``report.json`` and ``report.md``, without escapes and secrets; raises ``OSError``."""
    clean = Cleaner()
    for suffix, text in (("json", as_json(report)), ("md", markdown(report))):
        (directory / f"{REPORT}.{suffix}").write_text(clean.text(text).rstrip("\n") + "\n", encoding="utf-8")


def markdown(report: TrainingReport) -> str:
    """Return the report as Markdown."""
    parts = [f"# {report.directory}", f"Trained from {report.model} in {clock_face(report.seconds)}."]
    parts += [*best_models(report), *report.notes]
    if report.scores:
        parts += [markdown_table(overview(report)), *map(markdown_table, dialect_tables(report))]
        parts.append("In brackets: 95 % intervals, by resampling questions. p: McNemar's exact test against base.")
    parts += [markdown_table(models_table(report)), markdown_table(stages_table(report))]
    return "\n\n".join([*parts, "## Next", *(f"    {command}" for command in report.next)])


def best_models(report: TrainingReport) -> list[str]:
    """Say of each dialect which model did best, and by how much it is better than the one all started from."""
    return [f"{dialect}: best is {scores[0].model}, {_gain(scores[0])}." for dialect, scores in _by_dialect(report)]


def overview(report: TrainingReport) -> TextTable:
    """Return a row per model, in the order they were made, and a column per dialect."""
    found = {(score.model, score.dialect): percent(score.accuracy) for score in report.scores}
    dialects = [dialect for dialect, _ in _by_dialect(report)]
    names = dict.fromkeys(["base", *(model["model"] for model in report.models)])
    rows = [
        (name, *(found.get((name, dialect), "") for dialect in dialects))
        for name in names
        if any((name, dialect) in found for dialect in dialects)
    ]
    return TextTable("Execution accuracy", ("model", *dialects), rows)


def dialect_tables(report: TrainingReport) -> list[TextTable]:
    """Return a table per dialect, its best model first, each beside the model that all started from."""
    header = ("model", "accuracy", "questions", "against base, points", "p")
    return [TextTable(dialect, header, [_row(score) for score in scores]) for dialect, scores in _by_dialect(report)]


def models_table(report: TrainingReport) -> TextTable:
    """Return where each model is."""
    rows = [(model["model"], model["dialect"] or "all", model["folder"]) for model in report.models]
    return TextTable("Models", ("model", "dialect", "folder"), rows, words=3)


def stages_table(report: TrainingReport) -> TextTable:
    """Return how long each stage took and what it came to."""
    rows = [(stage.name, stage.facts, clock_face(stage.seconds)) for stage in report.stages]
    return TextTable("Stages", ("stage", "what came of it", "time"), rows, words=2)


def _by_dialect(report: TrainingReport) -> Iterable[tuple[str, list[Score]]]:
    dialects = dict.fromkeys(score.dialect for score in report.scores)
    return [(each, [score for score in report.scores if score.dialect == each]) for each in dialects]


def _gain(score: Score) -> str:
    found, test = percent(score.accuracy), score.test
    return f"{found}, {points(test.difference)} points against base, p = {test.p_value:.2g}" if test else found


def _row(score: Score) -> tuple[str, ...]:
    test = score.test
    compared = (points(test.difference), f"{test.p_value:.2g}") if test else ("", "")
    return (score.model, percent(score.accuracy), str(score.questions), *compared)
