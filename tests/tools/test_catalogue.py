"""What the engines' own catalogues list."""

import pytest
from isogloss.tools.catalogue import engine_catalogue
from isogloss.tools.dialects import DIALECTS

HAS = {
    "bigquery": ("SAFE_DIVIDE", "QUALIFY"),
    "duckdb": ("LIST_TRANSFORM", "QUALIFY"),
    "mysql": ("GROUP_CONCAT", "STRAIGHT_JOIN"),
    "oracle": ("LISTAGG", "ROWNUM"),
    "postgres": ("STRING_AGG", "ILIKE"),
    "sqlite": ("IIF", "GLOB"),
}
HAS_NOT = {"sqlite": "ILIKE", "postgres": "QUALIFY", "mysql": "QUALIFY"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_engine_lists_its_functions_and_keywords(dialect: str) -> None:
    found = engine_catalogue(dialect)
    function, keyword = HAS[dialect]
    words = found.reserved | found.other
    assert function in found.functions
    assert keyword in words
    assert HAS_NOT.get(dialect) not in words
    assert not found.functions & words
    assert all(name == name.upper() for name in found.functions | words)
