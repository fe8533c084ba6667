"""JSON_VALUE: a scalar of a JSON text by a plain path.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/JSON_VALUE.html
"""

import re

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import to_kind
from .kinds import Kind, Value
from .scope import Scope
from .values import expression, value

_NAME = re.compile(r"[A-Za-z]\w*")


@expression.register
def _(node: exp.JSONValue, scope: Scope) -> Value:
    """Return text, or a number if RETURNING says so."""
    if node.args.get("on_condition"):
        raise UnsupportedError("JSON_VALUE with ON ERROR or ON EMPTY")
    said = f"json_value(({to_kind(value(node.this, scope), Kind.TEXT)})::jsonb, '{_path(node.args['path'])}')"
    returning = node.args.get("returning")
    if not returning:
        return Value(f"nullif({said}, '')", Kind.TEXT)
    if isinstance(returning, exp.DataType) and returning.is_type(exp.DType.DECIMAL):
        return Value(f"({said})::numeric", Kind.NUMBER)
    raise UnsupportedError("JSON_VALUE RETURNING other than NUMBER")


def _path(node: exp.Expr) -> str:
    parts = []
    for part in node.expressions:
        if isinstance(part, exp.JSONPathRoot):
            parts.append("$")
        elif isinstance(part, exp.JSONPathKey) and _NAME.fullmatch(str(part.this)):
            parts.append(f".{part.this}")
        elif isinstance(part, exp.JSONPathSubscript) and isinstance(part.this, int):
            parts.append(f"[{part.this}]")
        else:
            raise UnsupportedError("a JSON path of other than names and places")
    return "".join(parts)
