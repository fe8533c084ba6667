"""The user's own BigQuery dataset from a child process: every query first as a dry run, which costs nothing."""

import time
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.cloud.bigquery import QueryJob, QueryJobConfig
from requests.exceptions import Timeout

from ..outcome import Limits
from ..sources.bigquery_dataset import connect, place_of
from .session import RefusedError, Result, TimedOutError, bounded

_MOST_BYTES_BILLED = 2**30  # unless the URL says otherwise


class CloudError(Exception):
    """BigQuery's own error: ``reason`` is the API's word for it, the argument its message."""

    def __init__(self, error: GoogleAPICallError) -> None:
        details = error.errors[0] if error.errors else {}
        super().__init__(details.get("message") or error.message)
        self.reason = str(details.get("reason") or type(error).__name__)


class CloudSession:
    """A client that runs queries which read only, and bill no more bytes than allowed."""

    def __init__(self, url: str) -> None:
        place = place_of(url)
        self._client = connect(place)
        self._most_bytes = int(place.options.get("maximum_bytes_billed") or _MOST_BYTES_BILLED)
        self._dataset = f"{place.project}.{place.dataset}"
        try:
            self._client.get_dataset(self._dataset, timeout=30)
        except GoogleAPICallError as error:
            raise ConnectionError(str(CloudError(error))) from None
        self.version = f"BigQuery (google-cloud-bigquery {version('google-cloud-bigquery')})"

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one query; raises what ``Session.run`` may and ``CloudError``.

        It is refused as ``read_only`` if the dry run says that it is no SELECT, and as
        ``maximum_bytes_billed`` if it would read more
        (https://cloud.google.com/bigquery/docs/best-practices-costs#restrict-bytes-billed).
        """
        end = time.monotonic() + limits.seconds
        try:
            planned = self._start(sql, end, dry_run=True, use_query_cache=False)
            if planned.statement_type != "SELECT":
                raise RefusedError("read_only")
            if (planned.total_bytes_processed or 0) > self._most_bytes:
                raise RefusedError("maximum_bytes_billed")
            milliseconds = max(1, round(limits.seconds * 1000))
            job = self._start(sql, end, maximum_bytes_billed=self._most_bytes, job_timeout_ms=milliseconds)
            return self._result(job, end, limits)
        except (FutureTimeoutError, RetryError, Timeout) as error:
            raise TimedOutError from error
        except GoogleAPICallError as error:
            raise CloudError(error) from None

    def _start(self, sql: str, end: float, **options: Any) -> QueryJob:
        config = QueryJobConfig(default_dataset=self._dataset, use_legacy_sql=False, **options)
        job: QueryJob = self._client.query(sql, job_config=config, timeout=_left(end), retry=None, job_retry=None)
        return job

    def _result(self, job: QueryJob, end: float, limits: Limits) -> Result:
        try:
            found = job.result(timeout=_left(end), max_results=limits.rows + 1)
            rows = bounded((row.values() for row in found), limits)
        except BaseException:
            with suppress(Exception):  # what ended the query is what to tell of
                job.cancel(timeout=1, retry=None)
            raise
        return Result(tuple(field.name for field in found.schema), rows)

    def error_code(self, error: Exception) -> str:
        """Return the API's reason, such as ``invalidQuery``."""
        return error.reason if isinstance(error, CloudError) else type(error).__name__


def _left(end: float) -> float:
    """Return the seconds until ``end``; raises ``TimedOutError`` if there are none."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise TimedOutError
    return seconds
