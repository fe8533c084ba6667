"""A query on GoogleSQL's reference evaluator, with its uncorrelated subqueries evaluated only once.

The evaluator repeats a subquery for every row that it is compared with, so
``price > (SELECT AVG(price) FROM products)`` takes the square of the table's rows. A subquery that is a
query by itself has the same value for each row, so here it is evaluated before and given as a parameter.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from google.protobuf.empty_pb2 import Empty
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import AnalyzerOptionsProto
from zetasql.wasi._pb2.zetasql.public.type_pb2 import TYPE_ARRAY, TYPE_BOOL, TypeProto
from zetasql.wasi._pb2.zetasql.public.value_pb2 import ValueProto

from .bigquery_evaluator import Evaluator, EvaluatorError
from .bigquery_syntax import Subquery, Syntax, syntax
from .session import TooLargeError


class Rows(NamedTuple):
    """What a query gave: its columns and rows, as messages."""

    columns: Sequence[Any]
    rows: Sequence[Any]


class Value(NamedTuple):
    """A subquery's value and type, as messages."""

    type: Any
    value: Any


Known = tuple[Subquery, Value]


class Queries:
    """Parses and evaluates queries on one catalog of one evaluator, each answer in ``most`` bytes."""

    def __init__(self, evaluator: Evaluator, catalog: int, options: Any, most: int) -> None:
        self._evaluator, self._catalog, self._options, self._most = evaluator, catalog, options, most

    def syntax(self, sql: bytes) -> Syntax:
        """Return where tables and subqueries stand; raises ``EvaluatorError`` for what is no statement."""
        request = service.ParseRequest(sql_statement=sql.decode(), options=self._options.language_options)
        return syntax(self._evaluator.call("Parse", request, service.ParseResponse))

    def evaluated(self, sql: bytes, check: Callable[[Sequence[Any]], Any] | None = None) -> Rows:
        """Return the query's rows; ``check`` is called with its columns once it is found valid.

        Raises ``EvaluatorError`` and what else ``Evaluator.call`` may.
        """
        with self._prepared(sql, ()) as prepared:
            if check:
                check(prepared.columns)
            values = self._subquery_values(sql)
            if values:
                # Rarely, what a subquery may be compared with, its value may not.
                with suppress(EvaluatorError), self._prepared(_with_parameters(sql, values), values) as rewritten:
                    return Rows(prepared.columns, self._rows(rewritten, values))
            return Rows(prepared.columns, self._rows(prepared, ()))

    def is_value_table(self, sql: bytes) -> bool:
        """Tell whether a query's rows are values without a column, as those of ``SELECT AS STRUCT`` are."""
        request = service.AnalyzeRequest(
            sql_statement=sql.decode(), options=self._options, registered_catalog_id=self._catalog
        )
        answer = self._evaluator.call("Analyze", request, service.AnalyzeResponse)
        return bool(answer.resolved_statement.resolved_query_stmt_node.is_value_table)

    def _subquery_values(self, sql: bytes) -> list[Known]:
        found = self.syntax(sql)
        values: list[Known] = []
        for subquery in found.subqueries:
            inside = any(outer.span.holds(subquery.span) for outer, _ in values)
            text = None if inside else _alone(sql, subquery, found)
            if text is not None:
                with suppress(EvaluatorError, TooLargeError):
                    values.append((subquery, _value(subquery.kind, self.evaluated(text))))
        return values

    @contextmanager
    def _prepared(self, sql: bytes, values: Sequence[Known]) -> Iterator[Any]:
        options = AnalyzerOptionsProto()
        options.CopyFrom(self._options)
        for number, (_, value) in enumerate(values):
            options.query_parameters.add(name=_parameter(number), type=value.type)
        request = service.PrepareQueryRequest(sql=sql.decode(), options=options, registered_catalog_id=self._catalog)
        prepared = self._evaluator.call("PrepareQuery", request, service.PrepareQueryResponse).prepared
        try:
            yield prepared
        finally:
            if self._evaluator.is_usable:
                request = service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id)
                self._evaluator.call("UnprepareQuery", request, Empty)

    def _rows(self, prepared: Any, values: Sequence[Known]) -> Sequence[Any]:
        request = service.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id)
        for number, (_, value) in enumerate(values):
            request.params.add(name=_parameter(number), value=value.value)
        answer = self._evaluator.call("EvaluateQuery", request, service.EvaluateQueryResponse, self._most)
        rows: Sequence[Any] = answer.content.table_data.row
        return rows


def _alone(sql: bytes, subquery: Subquery, found: Syntax) -> bytes | None:
    """Return the subquery as a statement of its own, None if it uses what a WITH clause elsewhere defines.

    The statement's own WITH clause comes along. Whether it refers to the query around it, the analyzer tells.
    """
    text = sql[subquery.query.start : subquery.query.end]
    used = {path.segments[0].lower() for path in found.paths if subquery.query.holds(path.span)}
    outside = [(name.lower(), span) for name, span in found.defined if not subquery.query.holds(span)]
    needed = [span for name, span in outside if name in used]
    if not needed:
        return text
    clause = found.with_clause
    if clause is None or clause.end > subquery.span.start or not all(map(clause.holds, needed)):
        return None
    if text.lstrip()[:4].upper() == b"WITH":
        return None
    return sql[clause.start : clause.end] + b" " + text


def _value(kind: str, found: Rows) -> Value:
    """Return a subquery's value; raises ``EvaluatorError`` if its rows make none."""
    if kind == "EXISTS":
        return Value(TypeProto(type_kind=TYPE_BOOL), ValueProto(bool_value=len(found.rows) > 0))
    [column] = found.columns
    cells = [row.cell[0] for row in found.rows]
    if kind == "SCALAR":
        if len(cells) > 1:
            raise EvaluatorError("OUT_OF_RANGE", "More than one element")
        return Value(column.type, cells[0] if cells else ValueProto())
    if column.type.type_kind == TYPE_ARRAY:
        raise EvaluatorError("INVALID_ARGUMENT", "Arrays of arrays are not supported")
    if kind == "IN":
        cells = list({cell.SerializeToString(): cell for cell in cells}.values())
    array = TypeProto(type_kind=TYPE_ARRAY)
    array.array_type.element_type.CopyFrom(column.type)
    return Value(array, ValueProto(array_value=ValueProto.Array(element=cells)))


def _with_parameters(sql: bytes, values: Sequence[Known]) -> bytes:
    for number, (subquery, _) in reversed(list(enumerate(values))):
        name = f"@{_parameter(number)}"
        text = f" UNNEST({name}) " if subquery.kind == "IN" else f" {name} "
        sql = sql[: subquery.span.start] + text.encode() + sql[subquery.span.end :]
    return sql


def _parameter(number: int) -> str:
    return f"isogloss_{number}"
