"""BigQuery's SQL in a child process: GoogleSQL's analyzer and reference evaluator, or the user's own project."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..outcome import Limits
from .bigquery_code import Code
from .bigquery_evaluator import BrokenEvaluatorError, Evaluator, EvaluatorError, InterruptedCallError, TooDeepError
from .bigquery_language import analyzer_options, is_beyond_evaluator
from .bigquery_memory import MemoryLimit
from .bigquery_paths import Dataset
from .bigquery_query import Queries
from .bigquery_values import column_names, decoded_rows, decoded_structs, field_names, is_one_struct
from .session import RefusedError, Result, Session, TimedOutError, UnsupportedError, bounded


class BigquerySession:
    """An evaluator that holds the tables in its memory and can see nothing else."""

    def __init__(self, module: str, memory: str, catalog: int, dataset: Dataset, sampled: tuple[str, ...]) -> None:
        self._code, self._memory, self._catalog = Code(Path(module)), Path(memory), catalog
        self._dataset = dataset
        self._evaluator = self._start()
        self._options = analyzer_options(self._evaluator)
        self._limit = MemoryLimit()
        note = f"; sampled: {', '.join(sampled)}" if sampled else ""
        self.version = f"BigQuery (GoogleSQL, zetasql {version('zetasql')}{note})"

    def _start(self) -> Evaluator:
        evaluator = Evaluator(self._code)
        evaluator.restore(self._memory)
        return evaluator

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one query; raises what ``Session.run`` may, ``EvaluatorError`` and ``UnknownTableError``."""
        # Linear memory never shrinks, so what one statement took is given back with the evaluator.
        if not self._evaluator.is_usable or self._limit.used() > limits.memory_bytes // 4:
            self._replace()
        self._limit.set(limits.memory_bytes)
        try:
            with self._stopped_after(limits.seconds):
                return self._query(sql, limits)
        except InterruptedCallError:
            raise TimedOutError from None
        except TooDeepError:
            raise UnsupportedError("the statement nests too deeply") from None
        except BrokenEvaluatorError as error:
            raise MemoryError(str(error)) from None
        except EvaluatorError as error:
            if error.code == "UNIMPLEMENTED" or is_beyond_evaluator(error.message):
                raise UnsupportedError(error.message) from error
            if error.message.startswith("Statement not supported"):
                raise RefusedError("read_only") from error
            raise

    def _query(self, sql: str, limits: Limits) -> Result:
        queries = Queries(self._evaluator, self._catalog, self._options, limits.result_bytes)
        statement = sql.encode()
        statement = self._dataset.resolved(statement, queries.syntax(statement))
        columns, rows = queries.evaluated(statement, column_names)
        if is_one_struct(columns) and queries.is_value_table(statement):
            return Result(field_names(columns[0].type), bounded(decoded_structs(columns, rows), limits))
        return Result(column_names(columns), bounded(decoded_rows(columns, rows), limits))

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
        return error.code if isinstance(error, EvaluatorError) else type(error).__name__


def open_session(limits: Limits, url: str | None = None, **evaluator: Any) -> Session:
    """Start the evaluator, or connect to the user's own dataset at ``url``."""
    if url is None:
        session = BigquerySession(**evaluator)
        session.run("SELECT 1", limits)  # so that the address space it needs to begin with is taken
        return session
    from .bigquery_cloud import CloudSession

    return CloudSession(url)
