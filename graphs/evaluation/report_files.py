"""The files of an evaluation's report: JSON for scripts, Markdown and HTML for people."""

from dataclasses import asdict
from pathlib import Path

from ..cleaning import Cleaner
from ..console import as_json
from .page import markdown, page
from .report import EvalReport

REPORT = "report"


def write_reports(report: EvalReport, directory: Path) -> None:
    """Write ``report.json``, ``report.md`` and ``report.html``, without escapes and secrets; raises ``OSError``."""
    clean = Cleaner()
    texts = {"json": as_json(clean.value(asdict(report))), "md": markdown(report), "html": page(report)}
    for suffix, text in texts.items():
        (directory / f"{REPORT}.{suffix}").write_text(clean.text(text).rstrip("\n") + "\n", encoding="utf-8")
