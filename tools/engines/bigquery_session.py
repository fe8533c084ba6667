"""BigQuery's SQL in a child process: GoogleSQL's analyzer and reference evaluator, or the user's own project."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from google.protobuf.empty_pb2 import Empty
from zetasql.core.exceptions import ServerError, StatusCode
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service

from ..outcome import Limits
from .bigquery_language import analyzer_options
from .bigquery_module import BrokenEvaluatorError, Evaluator, InterruptedCallError
from .bigquery_paths import Dataset
from .bigquery_values import decoded, field_names
from .session import Result, Session, TimedOutError, UnsupportedError, bounded


class BigquerySession:
    """An evaluator that holds the tables in its memory and can see nothing else."""

    def __init__(self, module: str, memory: str, catalog: int, dataset: Dataset, sampled: tuple[str, ...]) -> None:
        self._module, self._memory, self._catalog = Path(module), Path(memory), catalog
        self._dataset = dataset
        self._evaluator = self._start()
        self._options = analyzer_options(self._evaluator)
        note = f", sampled: {', '.join(sampled)}" if sampled else ""
        self.version = f"BigQuery (GoogleSQL of zetasql {version('zetasql')}{note})"

    def _start(self) -> Evaluator:
        evaluator = Evaluator(self._module)
        evaluator.restore(self._memory)
        return evaluator

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one query; raises what ``Session.run`` may and ``ServerError``."""
        try:
            with self._stopped_after(limits.seconds):
                return self._query(sql, limits)
        except InterruptedCallError:
            self._replace()
            raise TimedOutError from None
        except BrokenEvaluatorError as error:
            self._replace()
            raise MemoryError(str(error)) from None
        except ServerError as error:
            if error.code == StatusCode.UNIMPLEMENTED:
                raise UnsupportedError(error.message) from error
            raise

    def _query(self, sql: str, limits: Limits) -> Result:
        request = service.PrepareQueryRequest(
            sql=self._resolved(sql), options=self._options, registered_catalog_id=self._catalog
        )
        prepared = self._evaluator.call("PrepareQuery", request, service.PrepareQueryResponse).prepared
        evaluate = service.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id)
        try:
            content = self._evaluator.call("EvaluateQuery", evaluate, service.EvaluateQueryResponse).content
        finally:
            with suppress(InterruptedCallError, BrokenEvaluatorError):
                unprepare = service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id)
                self._evaluator.call("UnprepareQuery", unprepare, Empty)
        names = field_names([column.name for column in prepared.columns], "f{}_", 0)
        types = [column.type for column in prepared.columns]
        rows = (tuple(map(decoded, row.cell, types)) for row in content.table_data.row)
        return Result(tuple(names), bounded(rows, limits))

    def _resolved(self, sql: str) -> str:
        language = self._options.language_options
        request = service.ExtractTableNamesFromStatementRequest(sql_statement=sql, options=language)
        answer = service.ExtractTableNamesFromStatementResponse
        names = self._evaluator.call("ExtractTableNamesFromStatement", request, answer).table_name
        return self._dataset.resolved(sql, [tuple(name.table_name_segment) for name in names])

    @contextmanager
    def _stopped_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._evaluator.interrupt)
        timer.start()
        try:
            with self._evaluator.interruptible():
                yield
        finally:
            timer.cancel()

    def _replace(self) -> None:
        self._evaluator.close()
        self._evaluator = self._start()

    def error_code(self, error: Exception) -> str:
        """Return the name of GoogleSQL's status code."""
        code = getattr(error, "code", None)
        return code.name if isinstance(code, StatusCode) else type(error).__name__


def open_session(limits: Limits, url: str | None = None, **evaluator: Any) -> Session:
    """Start the evaluator, or connect to the user's own dataset at ``url``."""
    if url is None:
        return BigquerySession(**evaluator)
    from .bigquery_cloud import CloudSession

    return CloudSession(url, limits)
