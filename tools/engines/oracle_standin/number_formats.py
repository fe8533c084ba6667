"""Number format models.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html (Number Format Models)
"""

import re

from ..session import UnsupportedError
from .kinds import OracleError

_MODEL = re.compile(
    r"(?P<fill>FM)?(?P<lead>S)?(?P<money>[$L])?(?P<whole>[90,G]*)(?:[.D](?P<part>[90]*))?(?P<trail>MI|S|PR)?",
    re.IGNORECASE,
)
_KNOWN = re.compile(r"[FM09,.$BCDEGILMPRSTUVXN\d]+", re.IGNORECASE)


def arguments(model: str) -> str:
    """Return the arguments of ``oracle.format_number`` after the number: whole and part digits, fill mode, sign, money.

    Raises ``OracleError`` for a model that is none, ``UnsupportedError`` for one with rarer elements.
    """
    found = _MODEL.fullmatch(model)
    if not found or not (found["whole"] or found["part"]):
        if _KNOWN.fullmatch(model):
            raise UnsupportedError(f"the number format {model}")
        raise OracleError("ORA-01481", "invalid number format model")
    if (found["money"] or "").upper() == "L" or found["whole"].startswith(tuple(",gG")):
        raise UnsupportedError(f"the number format {model}")
    if found["lead"] and found["trail"]:
        raise OracleError("ORA-01481", "invalid number format model")
    sign = (found["trail"] or ("SL" if found["lead"] else "")).upper()
    part = found["part"]
    whole = found["whole"].upper().replace("G", ",")
    said = f"'{part}'" if part is not None else "NULL"
    return f"'{whole}', {said}, {bool(found['fill'])}, '{sign}', {bool(found['money'])}"


def read_arguments(model: str) -> str:
    """Return the arguments of ``oracle.to_number`` after the text: what it ignores, and how many digits it takes."""
    arguments(model)
    found = _MODEL.fullmatch(model)
    if not found or found["lead"] or found["trail"]:
        raise UnsupportedError(f"reading a number by the format {model}")
    whole = re.sub(r"[,G]", "", found["whole"], flags=re.IGNORECASE)
    return f"'{',$' if found['money'] else ','}', {len(whole)}, {len(found['part'] or '')}"
