"""How GoogleSQL is set up to be BigQuery's SQL."""

from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import AnalyzerOptionsProto, LanguageOptionsProto
from zetasql.wasi._pb2.zetasql.public import options_pb2 as options

from .bigquery_module import Evaluator

# Released in GoogleSQL, but no part of BigQuery's reference
# (https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax).
_NOT_IN_BIGQUERY = (
    "AGGREGATE_FILTERING",
    "ARRAY_FIND_FUNCTIONS",
    "ARRAY_ZIP",
    "ENABLE_MEASURES",
    "FIRST_AND_LAST_N",
    "FOR_UPDATE",
    "INLINE_LAMBDA_ARGUMENT",
    "LATERAL_JOIN",
    "MULTILEVEL_AGGREGATION",
    "MULTILEVEL_AGGREGATION_ON_UDAS",
    "MULTIWAY_UNNEST",
    "TIMESTAMP_NANOS",
    "TIMESTAMP_PICOS",
    "TIMESTAMP_PRECISION",
    "TOKENIZED_SEARCH",
    "UUID_TYPE",
)


def language_options(evaluator: Evaluator) -> Any:
    """Return the language's options: the external product, with every released feature BigQuery has."""
    request = service.LanguageOptionsRequest(maximum_features=True)
    language = evaluator.call("GetLanguageOptions", request, LanguageOptionsProto)
    language.product_mode = options.PRODUCT_EXTERNAL
    excluded = {options.LanguageFeature.Value(f"FEATURE_{name}") for name in _NOT_IN_BIGQUERY}
    enabled = [feature for feature in language.enabled_language_features if feature not in excluded]
    del language.enabled_language_features[:]
    language.enabled_language_features.extend(enabled)
    return language


def analyzer_options(evaluator: Evaluator) -> Any:
    """Return the options of a statement: BigQuery's time zone is UTC, GoogleSQL's own another."""
    return AnalyzerOptionsProto(
        language_options=language_options(evaluator),
        default_timezone="UTC",
        error_message_mode=options.ERROR_MESSAGE_ONE_LINE,
    )
