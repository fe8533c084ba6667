"""The report of an evaluation as a page of HTML that needs nothing else, and as Markdown."""

from collections.abc import Iterable
from html import escape

from ...training.graded import GradedAnswer
from .plots import Series, accuracy_plot, outcome_plot, pass_plot
from .report import EvalReport
from .tables import (
    TextTable,
    accuracy_table,
    against_table,
    dialect_table,
    grades_table,
    headline,
    pass_table,
)

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.2rem }
.figure { font-size: 1.2rem; font-weight: 600; margin: 0 } .quiet { color: #666 }
table { border-collapse: collapse; font-size: .9rem } td, th { padding: .2rem .7rem; text-align: right }
th { border-bottom: 1px solid #999 } tr:nth-child(even) td { background: #f6f6f6 } .word { text-align: left }
pre { background: #f6f6f6; padding: .6rem; white-space: pre-wrap; margin: .3rem 0 }
svg { max-width: 100%; height: auto }
details { margin: .4rem 0 }
"""


def page(report: EvalReport) -> str:
    """Return the report as HTML, plots included."""
    first, *others = headline(report)
    body = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="figure">{escape(first)}</p>',
        *(f"<p>{escape(line)}</p>" for line in others),
        f'<p class="quiet">{escape(described(report))}</p>',
        *(f'<p class="quiet">{escape(note)}</p>' for note in report.notes),
        *_plots(report),
        *(_html_table(table) for table in tables(report)),
        "<h2>Some wrong answers</h2>" if report.examples else "",
        *map(_html_example, report.examples),
    ]
    head = f'<meta charset="utf-8"><title>{escape(report.title)}</title><style>{_STYLE}</style>'
    return "\n".join(
        [f'<!doctype html><html lang="en"><head>{head}</head><body>', *filter(None, body), "</body></html>"]
    )


def markdown(report: EvalReport) -> str:
    """Return the report as Markdown."""
    parts = [f"# {report.title}", *headline(report), described(report), *report.notes]
    parts += map(markdown_table, tables(report))
    if report.examples:
        parts += ["## Some wrong answers", *map(_markdown_example, report.examples)]
    return "\n\n".join(parts)


def described(report: EvalReport) -> str:
    """Say on what the system was evaluated."""
    about = report.about
    engine = about["engine"] or "no engine: no database could be opened"
    return (
        f"{about['questions']} questions of {about['set']}, gold in {', '.join(about['gold_dialects'])}; "
        f"answers in {about['dialect']} executed by {engine}; isogloss {about['isogloss']}. "
        "In brackets: 95 % intervals, by resampling questions."
    )


def tables(report: EvalReport) -> list[TextTable]:
    """Return all tables of the report."""
    found = [accuracy_table("By hardness", report.cells), grades_table(report.cells), dialect_table(report)]
    if report.pass_curve:
        found.insert(1, pass_table(report))
    if report.against:
        found[1:1] = [
            against_table(report, report.against),
            accuracy_table(report.against.name, report.against.cells),
        ]
    return found


def _plots(report: EvalReport) -> Iterable[str]:
    series: list[Series] = [(report.about["system"], report.cells)]
    if report.against:
        series = [(f"{name} in {report.about['dialect']}", cells) for name, cells in series]
        series.append((report.against.name, report.against.cells))
    yield f"<h2>Accuracy</h2>{accuracy_plot(series)}"
    yield f"<h2>Outcomes</h2>{outcome_plot(series)}"
    if report.pass_curve:
        yield f"<h2>pass@k</h2>{pass_plot(report.pass_curve)}"


def _html_table(table: TextTable) -> str:
    rows = "".join(_html_row("td", row, table.words) for row in table.rows)
    head = _html_row("th", table.header, table.words) if any(table.header) else ""
    return f"<h2>{escape(table.title)}</h2><table>{head}{rows}</table>"


def _html_row(tag: str, row: tuple[str, ...], words: int) -> str:
    cells = (
        f'<{tag} class="word">{escape(text)}</{tag}>' if place < words else f"<{tag}>{escape(text)}</{tag}>"
        for place, text in enumerate(row)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _html_example(answer: GradedAnswer) -> str:
    return (
        f"<details><summary>{escape(_summary(answer))}</summary><p>{escape(answer.reason or '')}</p>"
        f"<pre>{escape(answer.gold)}</pre><pre>{escape(answer.sql or '')}</pre></details>"
    )


def _markdown_example(answer: GradedAnswer) -> str:
    return f"{_summary(answer)}\n\n{_indented(answer.gold)}\n\n{_indented(answer.sql or '')}\n\n{answer.reason or ''}"


def _summary(answer: GradedAnswer) -> str:
    return f"{answer.id}, {answer.grade}: {' '.join(answer.question.split())}"


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" for line in sql.splitlines())


def markdown_table(table: TextTable) -> str:
    """Return a table as Markdown, below its title."""
    rows = [table.header, tuple("---" if place < table.words else "---:" for place in range(len(table.header)))]
    lines = (" | ".join(cell.replace("|", r"\|") for cell in row) for row in (*rows, *table.rows))
    return f"## {table.title}\n\n" + "\n".join(f"| {line} |" for line in lines)
