"""Where tables and subqueries stand in a statement, from GoogleSQL's own parser.

The node names are those of https://github.com/google/googlesql/blob/master/googlesql/parser/parse_tree.proto;
positions are bytes of the statement in UTF-8.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from zetasql.wasi._pb2.zetasql.parser.ast_enums_pb2 import ASTExpressionSubqueryEnums as Modifier

# A statement may nest deeper than the 100 levels that messages are read to otherwise.
with suppress(ImportError):
    from google._upb import _message

    _message.SetAllowOversizeProtos(True)


class Span(NamedTuple):
    """A part of a statement."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
        """Tell whether ``other`` lies inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class TablePath:
    """A path in a FROM clause: its segments, each without quotes."""

    span: Span
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subquery:
    """A query used as an expression; ``kind`` is SCALAR, ARRAY, EXISTS or IN.

    ``span`` is what a value could replace: the expression, or what follows the keyword IN.
    """

    kind: str
    span: Span
    query: Span


@dataclass(frozen=True, slots=True)
class Syntax:
    """The parts of one statement; ``defined`` are the names that WITH clauses define, with their spans."""

    paths: tuple[TablePath, ...]
    subqueries: tuple[Subquery, ...]
    defined: tuple[tuple[str, Span], ...]
    with_clause: Span | None


def syntax(statement: Any) -> Syntax:
    """Return the parts of a statement that the parser answered."""
    nodes = list(_nodes(statement))
    withs = [_span(node) for name, node in nodes if name == "ASTWithClauseProto"]
    return Syntax(
        tuple(_path(node.path_expr) for name, node in nodes if _is_table_path(name, node)),
        tuple(sorted(_subqueries(nodes), key=lambda subquery: (subquery.span.start, -subquery.span.end))),
        tuple((node.alias.id_string, _span(node)) for name, node in nodes if name == "ASTAliasedQueryProto"),
        min(withs, default=None),
    )


def _nodes(message: Any) -> Iterator[tuple[str, Any]]:
    """Yield every message inside ``message`` with its type's name."""
    waiting = [message]
    while waiting:
        node = waiting.pop()
        yield node.DESCRIPTOR.name, node
        for field, value in node.ListFields():
            if field.message_type:
                waiting.extend(value if field.is_repeated else [value])


def _span(node: Any) -> Span:
    while "parse_location_range" not in node.DESCRIPTOR.fields_by_name:
        node = node.parent
    return Span(node.parse_location_range.start, node.parse_location_range.end)


def _is_table_path(name: str, node: Any) -> bool:
    return name == "ASTTablePathExpressionProto" and bool(node.HasField("path_expr"))


def _path(node: Any) -> TablePath:
    return TablePath(_span(node), tuple(name.id_string for name in node.names))


def _subqueries(nodes: list[tuple[str, Any]]) -> Iterator[Subquery]:
    kinds = {Modifier.NONE: "SCALAR", Modifier.ARRAY: "ARRAY", Modifier.EXISTS: "EXISTS"}
    for name, node in nodes:
        if name == "ASTExpressionSubqueryProto" and node.modifier in kinds:
            yield Subquery(kinds[node.modifier], _span(node), _span(node.query))
        elif name == "ASTInExpressionProto" and node.HasField("query"):
            yield Subquery("IN", Span(_span(node.in_location).end, _span(node).end), _span(node.query))
