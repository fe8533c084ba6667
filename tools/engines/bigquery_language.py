"""How GoogleSQL is set up to be BigQuery's SQL."""

import re
from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import AnalyzerOptionsProto, LanguageOptionsProto
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import ZetaSQLBuiltinFunctionOptionsProto as Functions
from zetasql.wasi._pb2.zetasql.public import options_pb2 as options

from .bigquery_evaluator import Evaluator

# Released in GoogleSQL, but no part of BigQuery's reference
# (https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax and .../functions-all).
_FEATURES_NOT_IN_BIGQUERY = (
    "AGGREGATE_FILTERING ARRAY_AGGREGATION_FUNCTIONS ARRAY_FIND_FUNCTIONS ARRAY_ZIP DOT_PRODUCT ENABLE_MEASURES "
    "FIRST_AND_LAST_N FOR_UPDATE INLINE_LAMBDA_ARGUMENT L1_NORM L2_NORM LATERAL_JOIN MANHATTAN_DISTANCE "
    "MULTILEVEL_AGGREGATION MULTILEVEL_AGGREGATION_ON_UDAS MULTIWAY_UNNEST PI_FUNCTIONS TIMESTAMP_NANOS "
    "TIMESTAMP_PICOS TIMESTAMP_PRECISION TOKENIZED_SEARCH UUID_TYPE"
).split()
_FUNCTIONS_NOT_IN_BIGQUERY = (
    "ARRAY_AVG ARRAY_INCLUDES ARRAY_INCLUDES_ALL ARRAY_INCLUDES_ANY ARRAY_IS_DISTINCT ARRAY_MAX ARRAY_MIN "
    "ARRAY_SUM IFERROR ISERROR NULLIFERROR"
).split()

# The other way round: in BigQuery's reference, but unknown to the evaluator.
_FUNCTIONS_ONLY_IN_BIGQUERY = (
    "APPENDS BAG_OF_WORDS CHANGES COLLATE CONTAINS_SUBSTR DLP_DETERMINISTIC_DECRYPT DLP_DETERMINISTIC_ENCRYPT "
    "DLP_KEY_CHAIN EXTERNAL_OBJECT_TRANSFORM EXTERNAL_QUERY GAP_FILL MAX_BY MIN_BY RANGE_SESSIONIZE SEARCH "
    "ST_REGIONSTATS TEXT_ANALYZE TF_IDF VECTOR_SEARCH"
).split()
_SETS_ONLY_IN_BIGQUERY = ("AI", "ML", "OBJ")

# What the evaluator says of its own limits, where BigQuery's are far higher.
_OWN_LIMITS = ("Cannot generate arrays with more than", "Aggregate values are limited to")


def is_beyond_evaluator(message: str) -> bool:
    """Tell whether an error speaks of what BigQuery can do and only the evaluator cannot."""
    name = re.search(r"unction not found: `?(\w+)`?(\.\w+)?", message)
    if name and name[2]:
        return name[1].upper() in _SETS_ONLY_IN_BIGQUERY
    unknown = name is not None and name[1].upper() in _FUNCTIONS_ONLY_IN_BIGQUERY
    return unknown or message.startswith(_OWN_LIMITS)


def language_options(evaluator: Evaluator) -> Any:
    """Return the language's options: the external product, with every released feature BigQuery has."""
    request = service.LanguageOptionsRequest(maximum_features=True)
    language = evaluator.call("GetLanguageOptions", request, LanguageOptionsProto)
    language.product_mode = options.PRODUCT_EXTERNAL
    excluded = {options.LanguageFeature.Value(f"FEATURE_{name}") for name in _FEATURES_NOT_IN_BIGQUERY}
    enabled = [feature for feature in language.enabled_language_features if feature not in excluded]
    del language.enabled_language_features[:]
    language.enabled_language_features.extend(enabled)
    return language


def function_options(evaluator: Evaluator) -> Any:
    """Return which functions a catalog offers: those of the language's options that BigQuery has."""
    language = language_options(evaluator)
    available = evaluator.call(
        "GetBuiltinFunctions", Functions(language_options=language), service.GetBuiltinFunctionsResponse
    )
    excluded = [
        signature.context_id
        for function in available.function
        if function.name_path[-1].upper() in _FUNCTIONS_NOT_IN_BIGQUERY
        for signature in function.signature
    ]
    return Functions(language_options=language, exclude_function_ids=excluded)


def analyzer_options(evaluator: Evaluator) -> Any:
    """Return the options of a statement: BigQuery's time zone is UTC, GoogleSQL's own another."""
    return AnalyzerOptionsProto(
        language_options=language_options(evaluator),
        default_timezone="UTC",
        error_message_mode=options.ERROR_MESSAGE_ONE_LINE,
    )
