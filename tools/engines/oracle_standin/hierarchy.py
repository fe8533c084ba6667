"""Hierarchical queries as recursive ones: CONNECT BY, START WITH, PRIOR, LEVEL and their kin.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Hierarchical-Queries.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlglot import exp

from ..session import UnsupportedError
from .base import Base, number, own_nodes, wrapped
from .conditions import condition
from .conversion import to_kind
from .kinds import Kind, OracleError, Value
from .ordering import direction, order_clause
from .scope import Scope
from .sources import is_comma
from .values import expression, spelling, value

_LOOP = "oracle.fail('ORA-01436: CONNECT BY loop in user data')"


@expression.register
def _(node: exp.Prior, scope: Scope) -> Value:
    if not scope.prior:
        raise OracleError("ORA-01788", "CONNECT BY clause required in this query block")
    return value(node.this, scope.prior)


@expression.register
def _(node: exp.ConnectByRoot, scope: Scope) -> Value:
    raise OracleError("ORA-01788", "CONNECT BY clause required in this query block")


@dataclass(frozen=True, slots=True)
class _Carried:
    """A value that each row takes from its parent: its name, kind, and text in the first row and in the others."""

    name: str
    kind: Kind
    first: str
    next: str


@dataclass(frozen=True, slots=True)
class _Tree:
    """The rows a hierarchy is made of, as seen under three names: a child, its parent, a row of the result."""

    text: str
    child: Scope
    parent: Scope
    result: Scope
    place: str
    columns: int


def hierarchy(node: exp.Select, start: Base) -> Base:
    """Return the rows of a block in the hierarchy its CONNECT BY clause describes, parents before children."""
    if any(is_comma(join) for join in node.args.get("joins") or []):
        raise UnsupportedError("a hierarchy of tables joined in WHERE")
    connect = node.args["connect"]
    rows = start.scope.named("rows")
    tree = _tree(node, start, rows)
    carried = _carried(node, tree)
    has_prior = bool(connect.args["connect"].find(exp.Prior))
    step = condition(connect.args["connect"], tree.child.at("connect"))
    if connect.args.get("nocycle"):
        step = f"{step} AND c.{tree.place} <> ALL (p.path)"
    elif has_prior:
        step = f"{step} AND (c.{tree.place} <> ALL (p.path) OR {_LOOP})"
    first = _first(connect, tree)
    fields = ", ".join(f"c.f{n}" for n in range(1, tree.columns + 1))
    names = ", ".join(f"f{n}" for n in range(1, tree.columns + 1))
    extras, firsts, nexts = ("".join(f", {said}" for said in column) for column in _columns(carried))
    recursive = (
        f"h ({names}, level, path{extras}) AS ("
        f"SELECT {fields}, 1::numeric, ARRAY[c.{tree.place}]{firsts} FROM {rows} c WHERE {first} UNION ALL "
        f"SELECT {fields}, p.level + 1, p.path || c.{tree.place}{nexts} FROM h p JOIN {rows} c ON {step})"
    )
    alias = start.scope.named("h")
    signs = _signs(node, connect, tree, rows)
    told = "".join(f", {sign} AS {name.lower()}" for name, sign in signs.items())
    sql = f"(WITH RECURSIVE {rows} AS (SELECT * FROM {tree.text}), {recursive} SELECT h.*{told} FROM h) {alias}"
    return Base(f"FROM {sql}", _result(tree, alias, carried, signs), [f"{alias}.path"])


def _columns(carried: dict[str, _Carried]) -> list[list[str]]:
    kept = list(carried.values())
    return [[each.name for each in kept], [each.first for each in kept], [each.next for each in kept]]


def _tree(node: exp.Select, start: Base, rows: str) -> _Tree:
    """Number the rows in the order of siblings, so that the numbers on the way to a row are its place in the tree."""
    order = node.args.get("order")
    terms = []
    if order and order.args.get("siblings"):
        terms = [value(each.this, start.scope).sql + direction(each) for each in order.expressions]
    numbering = f"row_number() OVER ({order_clause(terms).strip()})"
    text, scope, added = wrapped(start, {"place": number(numbering)})
    alias, place = added["place"].sql.split(".")
    parent = _renamed(scope, alias, "p", {"LEVEL": number("p.level")})
    child = replace(_renamed(scope, alias, "c", {"LEVEL": number("(p.level + 1)")}), prior=parent)
    if not node.args.get("joins") and getattr(node.args["from_"].this, "name", "").upper() == "DUAL":
        child.pseudo = {**child.pseudo, "ROWNUM": number("(p.level + 1)")}
    return _Tree(text, child, parent, scope, place, int(place[1:]))


def _renamed(scope: Scope, old: str, new: str, pseudo: dict[str, Value]) -> Scope:
    """Return a scope whose columns are those of another alias of the same rows."""

    def moved(found: Value) -> Value:
        return replace(found, sql=f"{new}.{found.sql.removeprefix(f'{old}.')}")

    relations = tuple(
        replace(each, fields=tuple(replace(field, value=moved(field.value)) for field in each.fields))
        for each in scope.relations
    )
    merged = tuple(replace(field, value=moved(field.value)) for field in scope.merged)
    return replace(scope, relations=relations, merged=merged, pseudo=pseudo)


def _first(connect: exp.Connect, tree: _Tree) -> str:
    if not connect.args.get("start"):
        return "TRUE"
    roots = replace(tree.child, prior=None, pseudo={"LEVEL": number("1")}, clause="connect")
    return condition(connect.args["start"], roots)


def _carried(node: exp.Select, tree: _Tree) -> dict[str, _Carried]:
    """Return what rows take from their parents, by the expressions that name it."""
    found: dict[str, _Carried] = {}
    inside = {id(each) for each in node.args["connect"].walk()}
    for each in own_nodes(node):
        key = spelling(each) if isinstance(each, exp.Prior | exp.ConnectByRoot | exp.Anonymous) else ""
        if id(each) in inside or not key or key in found:
            continue
        name = f"x{len(found) + 1}"
        own = replace(tree.child, prior=None)
        first = replace(own, pseudo={"LEVEL": number("1")})
        if isinstance(each, exp.ConnectByRoot):
            root = value(each.this, first)
            found[key] = _Carried(name, root.kind, root.cast(), f"p.{name}")
        elif isinstance(each, exp.Prior):
            parents = value(each.this, tree.parent)
            found[key] = _Carried(name, parents.kind, Value("NULL", parents.kind).cast(), parents.cast())
        elif isinstance(each, exp.Anonymous) and each.name.upper() == "SYS_CONNECT_BY_PATH":
            found[key] = _path(each, name, first, own)
    return found


def _path(node: exp.Anonymous, name: str, first: Scope, own: Scope) -> _Carried:
    if len(node.expressions) != 2:
        raise OracleError("ORA-00909", "invalid number of arguments")
    separator = value(node.expressions[1], first)
    if not separator.literal:
        raise OracleError("ORA-30003", "illegal parameter in SYS_CONNECT_BY_PATH function")
    root, step = (to_kind(value(node.expressions[0], scope), Kind.TEXT) for scope in (first, own))
    return _Carried(name, Kind.TEXT, f"concat({separator.sql}, {root})", f"concat(p.{name}, {separator.sql}, {step})")


def _signs(node: exp.Select, connect: exp.Connect, tree: _Tree, rows: str) -> dict[str, str]:
    """Return, for each sign of a row that the block asks for, whether it is a leaf or closes a cycle, what tells it."""
    asked = {each.name.upper() for each in own_nodes(node) if isinstance(each, exp.Column)}
    step = condition(connect.args["connect"], tree.child.at("connect"))
    nocycle = connect.args.get("nocycle")
    if "CONNECT_BY_ISCYCLE" in asked and not nocycle:
        raise OracleError("ORA-30930", "NOCYCLE keyword is required with CONNECT_BY_ISCYCLE pseudocolumn")
    seen = f"c.{tree.place} = ANY (p.path)"
    child = f"EXISTS (SELECT FROM {rows} c, (SELECT h.*) p WHERE {step}"
    signs = {
        "CONNECT_BY_ISLEAF": f"(NOT {child}{f' AND NOT {seen}' if nocycle else ''}))",
        "CONNECT_BY_ISCYCLE": f"{child} AND {seen})",
    }
    return {name: f"({sign})::int" for name, sign in signs.items() if name in asked}


def _result(tree: _Tree, alias: str, carried: dict[str, _Carried], signs: Iterable[str]) -> Scope:
    """Return the scope of the block that selects from the hierarchy."""
    old = tree.result.relations[0].fields[0].value.sql.split(".")[0]
    pseudo = {"LEVEL": number(f"{alias}.level")}
    pseudo |= {name: number(f"{alias}.{name.lower()}") for name in signs}
    computed = {key: Value(f"{alias}.{each.name}", each.kind) for key, each in carried.items()}
    return replace(_renamed(tree.result, old, alias, pseudo), computed=computed)
