"""What a statement may not say, looked for in ClickHouse's own writing of it, where nothing can hide in a comment.

ClickHouse's ``readonly = 1`` is the boundary for tables and table functions. It does not stop these: ``INTO OUTFILE``,
the function ``file()``, system tables, the shape of the output.
"""

import re
from collections.abc import Iterable

_TEXT = re.compile(r"'(?:\\.|[^'\\])*'", re.DOTALL)
_PLAIN_NAME = re.compile(r"[`\"](\w+)[`\"]")
_OTHER_NAME = re.compile(r"`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_CALL = re.compile(r"(\w+)\s*\(")

# Table functions that make rows of nothing; a function for values has the name of the last.
_HARMLESS = "generate_series generateSeries numbers numbers_mt primes values view zeros zeros_mt null format".split()
# Functions that read a file, ask another server or a model, or tell of this one.
_REACHING = """
file hasColumnInTable aiClassify aiEmbed aiExtract aiFilter aiGenerate aiRedact aiSimilarity aiTranslate addressToLine
addressToLineWithInlines addressToSymbol filesystemAvailable filesystemCapacity filesystemUnreserved fullHostName fqdn
getClientHTTPHeader getMacro getOSKernelVersion getServerPort getServerSetting hostName logTrace serverUUID
showCertificate zookeeperSessionUptime catboostEvaluate reverseDNSQuery
""".split()


def forbidden(table_functions: Iterable[str]) -> frozenset[str]:
    """Return, in lower case, the functions that may not be called, of those that this ClickHouse has."""
    harmless = {name.lower() for name in _HARMLESS}
    return frozenset({name.lower() for name in (*table_functions, *_REACHING)} - harmless)


def broken_rule(written: str, unwanted: frozenset[str]) -> str | None:
    """Return the rule that a statement breaks, as ClickHouse writes it, None if it may run."""
    bare = _OTHER_NAME.sub("name", _PLAIN_NAME.sub(r"\1", _TEXT.sub("''", written)))
    if not re.match(r"\(*(SELECT|WITH)\b", bare):
        return "read_only"
    if re.search(r"\bINTO OUTFILE\b", bare):
        return "no_files"
    if re.search(r"\bFORMAT \w+\s*($|SETTINGS\b)", bare):
        return "no_output_format"
    if re.search(r"\b(system|information_schema)\s*\.", bare, re.IGNORECASE):
        return "no_system_tables"
    if {name.lower() for name in _CALL.findall(bare)} & unwanted:
        return "forbidden_function"
    return None
