"""Function calls that are said by a template; those whose kinds depend on their arguments are in ``functions``."""

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import AGGREGATES, aggregate, check_place
from .conversion import to_kind
from .functions import SPECIAL
from .kinds import NUMBERS, Kind, OracleError, Value
from .scope import Scope
from .signatures import KINDS, Signature, oracle_functions, signatures
from .values import expression, value

_ANALYTIC = {
    "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE",
    "PERCENT_RANK", "CUME_DIST", "RATIO_TO_REPORT",
}  # fmt: skip


@expression.register
def _(node: exp.Anonymous, scope: Scope) -> Value:
    name = node.name.upper()
    if any(isinstance(each, exp.Kwarg) for each in node.expressions):
        raise UnsupportedError("named arguments")
    if name in AGGREGATES:
        check_place(scope)
        return aggregate(node, scope)
    if name in _ANALYTIC:
        raise OracleError("ORA-30484", "missing window specification for this function")
    if name in SPECIAL:
        return SPECIAL[name](node, scope)
    if name in signatures():
        return templated(name, [value(each, scope) for each in node.expressions])
    if name in oracle_functions():
        raise UnsupportedError(f"the stand-in has no {name}")
    raise OracleError("ORA-00904 function", f'"{name}": invalid identifier')


def templated(name: str, arguments: list[Value]) -> Value:
    """Return a call said by its template; raises ``OracleError`` for a wrong number or kind of arguments."""
    forms = signatures()[name]
    form = next((each for each in forms if len(each.parameters) == len(arguments)), None)
    if not form:
        fewer = len(arguments) < len(forms[0].parameters)
        code, words = ("ORA-00938", "not enough") if fewer else ("ORA-00939", "too many")
        raise OracleError(code, f"{words} arguments for function")
    said = [_argument(argument, parameter) for argument, parameter in zip(arguments, form.parameters, strict=True)]
    constant = all(argument.constant for argument in arguments)
    return Value(form.postgres.format(*said), _result(form, arguments), constant)


def _argument(argument: Value, parameter: str) -> str:
    if parameter == "same":
        return to_kind(argument, argument.kind if argument.kind in NUMBERS else Kind.NUMBER)
    return to_kind(argument, KINDS[parameter])


def _result(form: Signature, arguments: list[Value]) -> Kind:
    if form.result == "same":
        return Kind.DOUBLE if arguments[0].kind is Kind.DOUBLE else Kind.NUMBER
    return KINDS[form.result]
