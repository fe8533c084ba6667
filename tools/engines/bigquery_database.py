"""BigQuery databases: a source loaded into GoogleSQL's reference evaluator, or a user's own dataset."""

from contextlib import closing
from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto.simple_catalog_pb2 import SimpleCatalogProto
from zetasql.wasi._pb2.zetasql.public.simple_table_pb2 import SimpleColumnProto, SimpleTableProto
from zetasql.wasi._pb2.zetasql.public.type_pb2 import TypeProto

from ..dialects import get_dialect
from ..outcome import Limits
from ..schema import Schema
from .bigquery_code import Code, compiled_module
from .bigquery_encoding import TYPES, encoded
from .bigquery_evaluator import Evaluator
from .bigquery_language import function_options
from .bigquery_paths import Dataset
from .bigquery_sampling import kept_rows
from .database import Database
from .loading import Plan, Source, chosen, plan
from .scratch import Scratch


def load(source: Source, limits: Limits) -> Database:
    """Load ``source``, sampled as ``kept_rows`` says, into an evaluator and keep its memory in a file.

    Each child starts with that memory, so rows are sent to the evaluator once.
    """
    schema = source.schema()
    plans = [plan(source, table, get_dialect("bigquery"), {}) for table in schema.tables]
    kept = kept_rows(source, plans)
    scratch = Scratch()
    try:
        module = compiled_module(scratch.path)
        memory = scratch.path / "memory"
        with closing(Evaluator(Code(module))) as evaluator:
            catalog = evaluator.call(
                "RegisterCatalog", _catalog(source, plans, kept, evaluator), service.RegisterResponse
            )
            evaluator.save(memory)
    except BaseException:
        scratch.close()
        raise
    loaded = Schema(schema.name, tuple(each.table for each in plans))
    connect = {
        "module": str(module),
        "memory": str(memory),
        "catalog": catalog.registered_id,
        "dataset": Dataset(schema.name, tuple(table.name for table in loaded.tables)),
        "sampled": tuple(kept),
    }
    return Database("bigquery", loaded, connect, scratch.close, sampled=kept)


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own dataset at ``bigquery://project/dataset`` as a database."""
    return Database("bigquery", schema, {"url": place})


def _catalog(source: Source, plans: list[Plan], kept: dict[str, set[int]], evaluator: Evaluator) -> Any:
    tables = [_table(each) for each in plans]
    request = service.RegisterCatalogRequest(
        simple_catalog=SimpleCatalogProto(
            name="isogloss", table=tables, builtin_function_options=function_options(evaluator)
        )
    )
    for each in plans:
        content = request.table_content[each.table.name].table_data
        content.SetInParent()  # also without rows
        names = [_type_name(native) for native in each.native_types]
        for row in chosen(each.rows(source), kept.get(each.table.name)):
            content.row.add().cell.extend(map(encoded, row, names))
    return request


def _table(each: Plan) -> Any:
    columns = [
        SimpleColumnProto(name=column.name, type=TypeProto(type_kind=TYPES[_type_name(native)]))
        for column, native in zip(each.table.columns, each.native_types, strict=True)
    ]
    return SimpleTableProto(name=each.table.name, column=columns)


def _type_name(native: str) -> str:
    """Return the type without parameters: NUMERIC as long as 29 digits before and 9 behind the point do.

    https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types
    """
    name, _, parameters = native.partition("(")
    if not parameters:
        return name
    digits, scale = map(int, parameters.rstrip(")").split(","))
    if scale <= 9 and digits - scale <= 29:
        return "NUMERIC"
    return "BIGNUMERIC" if scale <= 38 and digits - scale <= 38 else "FLOAT64"
