"""A dataset in a BigQuery project, reached through ``google-cloud-bigquery``."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ..errors import UsageError
from ..schema import Column, ColumnType, ForeignKey, Schema, Table

_FORM = "bigquery://project/dataset"
_OPTIONS = {"api_endpoint", "credentials_path", "location", "maximum_bytes_billed"}

# The names of the API (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema).
_TYPES = {
    "INTEGER": ColumnType.INTEGER,
    "INT64": ColumnType.INTEGER,
    "NUMERIC": ColumnType.DECIMAL,
    "BIGNUMERIC": ColumnType.DECIMAL,
    "FLOAT": ColumnType.FLOAT,
    "FLOAT64": ColumnType.FLOAT,
    "STRING": ColumnType.TEXT,
    "DATE": ColumnType.DATE,
    "TIME": ColumnType.TIME,
    "DATETIME": ColumnType.TIMESTAMP,
    "TIMESTAMP": ColumnType.TIMESTAMPTZ,
    "BOOLEAN": ColumnType.BOOLEAN,
    "BOOL": ColumnType.BOOLEAN,
    "BYTES": ColumnType.BINARY,
}


class Place(NamedTuple):
    """What a URL says: the project, the dataset and the options behind a question mark."""

    project: str
    dataset: str
    options: dict[str, str]


def place_of(url: str) -> Place:
    """Return what ``bigquery://project/dataset`` names.

    The options are ``location``, ``maximum_bytes_billed``, ``credentials_path`` (a service account's key file;
    else Google's application default credentials) and ``api_endpoint``, that of an emulator, which needs no
    credentials. Raises ``UsageError`` for anything else.
    """
    parts = urlsplit(url)
    dataset = parts.path.strip("/")
    options = dict(parse_qsl(parts.query))
    if not parts.hostname or not dataset or "/" in dataset:
        raise UsageError(f"That BigQuery URL is not understood: write it as {_FORM}.")
    if unknown := set(options) - _OPTIONS:
        raise UsageError(f"{_FORM} takes no {min(unknown)}: the options are {', '.join(sorted(_OPTIONS))}.")
    if not options.get("maximum_bytes_billed", "0").isdecimal():
        raise UsageError("maximum_bytes_billed is a number of bytes.")
    return Place(parts.netloc, dataset, options)


def connect(place: Place) -> Any:
    """Return a client of the project; raises ``UsageError`` without the package or credentials."""
    try:
        bigquery: Any = import_module("google.cloud.bigquery")
        auth: Any = import_module("google.auth")
    except ImportError as error:
        raise UsageError("BigQuery projects need a package: pip install 'isogloss[bigquery]'.") from error
    endpoint, path = place.options.get("api_endpoint"), place.options.get("credentials_path")
    options = {"location": place.options.get("location"), "client_options": {"api_endpoint": endpoint}}
    try:
        if path:
            return bigquery.Client.from_service_account_json(path, project=place.project, **options)
        credentials = auth.credentials.AnonymousCredentials() if endpoint else None
        return bigquery.Client(place.project, credentials, **options)
    except (auth.exceptions.DefaultCredentialsError, OSError, ValueError) as error:
        raise UsageError("There are no credentials for BigQuery: run gcloud auth application-default login.") from error


class BigqueryDataset:
    """The tables of one dataset; nothing of the URL but the dataset's name is shown."""

    def __init__(self, url: str) -> None:
        place = place_of(url)
        self._client, self._path = connect(place), f"{place.project}.{place.dataset}"
        self.name = place.dataset
        self.fingerprint = hashlib.sha256(self._path.encode()).hexdigest()

    def schema(self) -> Schema:
        """Return the schema; columns of nested types are text."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        from google.api_core.exceptions import GoogleAPICallError
        from google.auth.exceptions import GoogleAuthError

        try:
            listed = sorted(self._client.list_tables(self._path), key=lambda item: item.table_id)
            return Schema(self.name, tuple(_table(self._client.get_table(item.reference)) for item in listed))
        except (GoogleAPICallError, GoogleAuthError) as error:
            raise UsageError(f"The dataset {self._path} cannot be read: {getattr(error, 'message', error)}") from error

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table; what is nested as text."""
        of = self._client.get_table(f"{self._path}.{table}")
        nested = [_type(field) is ColumnType.OTHER for field in of.schema]
        for row in self._client.list_rows(of):
            pairs = zip(row.values(), nested, strict=True)
            yield tuple(str(value) if is_nested and value is not None else value for value, is_nested in pairs)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _table(table: Any) -> Table:
    columns = tuple(
        Column(field.name, _readable(field), field.mode != "REQUIRED", field.description) for field in table.schema
    )
    constraints = table.table_constraints
    primary = tuple(constraints.primary_key.columns) if constraints and constraints.primary_key else ()
    foreign = tuple(map(_foreign_key, (constraints.foreign_keys or ()) if constraints else ()))
    return Table(table.table_id, columns, primary, foreign, table.description)


def _foreign_key(key: Any) -> ForeignKey:
    pairs = [(each.referencing_column, each.referenced_column) for each in key.column_references]
    return ForeignKey(tuple(a for a, _ in pairs), key.referenced_table.table_id, tuple(b for _, b in pairs))


def _type(field: Any) -> ColumnType:
    return ColumnType.OTHER if field.mode == "REPEATED" else _TYPES.get(field.field_type, ColumnType.OTHER)


def _readable(field: Any) -> ColumnType:
    kind = _type(field)
    return ColumnType.TEXT if kind is ColumnType.OTHER else kind
