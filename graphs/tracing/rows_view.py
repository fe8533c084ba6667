"""The first rows of a result as text: an aligned table, or a value a line where that is too wide."""

from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from sqlglot import exp

from ..cleaning import strip_escapes
from ..execution_view import cell
from ..theme import QUIET
from .sql_layout import parsed

_GAP = "  "
_NAME_WIDTH = 24  # cells


def column_names(sql: str | None, number: int, dialect: str) -> list[str]:
    """Return the names of the ``number`` columns of a query; their places where it leaves the names to the engine."""
    tree = parsed(sql or "", dialect)
    told = tree.selects if isinstance(tree, exp.Query) else []
    if len(told) != number or any(part.is_star for part in told):
        return [str(place) for place in range(1, number + 1)]
    return [_shortened(strip_escapes(part.output_name or part.sql(dialect))) for part in told]


def rows_table(rows: list[list[Any]], names: list[str]) -> Text:
    """Return rows under the names of their columns, numbers to the right, long values shortened."""
    columns = [[Text(name, style=QUIET), *map(cell, values)] for name, *values in zip(names, *rows, strict=True)]
    numeric = [all(map(_is_number, values)) for values in zip(*rows, strict=True)]
    fitted = [_fitted(column, to_the_right) for column, to_the_right in zip(columns, numeric, strict=True)]
    return Text("\n").join(Text(_GAP).join(line) for line in zip(*fitted, strict=True))


def rows_in_full(rows: list[list[Any]], names: list[str], width: int) -> Text:
    """Return the table of rows if it fits and shortens nothing, else each value whole, on a line after its name."""
    table = rows_table(rows, names)
    if cell_len(table.plain.partition("\n")[0]) <= width and "…" not in table.plain:
        return table
    longest = max(map(cell_len, names))
    heads = [Text(set_cell_size(name, longest), style=QUIET) for name in names]
    records = [[Text.assemble(h, _GAP, _whole(v)) for h, v in zip(heads, row, strict=True)] for row in rows]
    return Text("\n\n").join(Text("\n").join(record) for record in records)


def _fitted(column: list[Text], to_the_right: bool) -> list[Text]:
    """Return the cells of a column equally wide."""
    widest = max(cell_len(text.plain) for text in column)
    blanks = [" " * (widest - cell_len(text.plain)) for text in column]
    pairs = zip(column, blanks, strict=True)
    return [Text.assemble(blank, text) if to_the_right else Text.assemble(text, blank) for text, blank in pairs]


def _whole(value: Any) -> Text:
    return cell(None) if value is None else Text(strip_escapes(str(value)))


def _is_number(value: Any) -> bool:
    try:
        float(value or 0)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _shortened(name: str) -> str:
    return name if cell_len(name) <= _NAME_WIDTH else set_cell_size(name, _NAME_WIDTH - 1) + "…"
