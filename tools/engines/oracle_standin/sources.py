"""The FROM clause: tables, subqueries and joins."""

import re
from dataclasses import dataclass, replace

from sqlglot import exp

from ...identifiers import quoted
from ..session import UnsupportedError
from .conditions import condition
from .conversion import comparable
from .kinds import Kind, OracleError, Value, unknown_identifier
from .queries import Query, query
from .scope import Field, Relation, Scope, named, spelt

_EXTRAS = ("sample", "version", "hints", "partition", "joins", "when", "changes")
# The data dictionary (https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/) and database links.
_ELSEWHERE = re.compile(r"(USER|ALL|DBA|CDB|SESSION|NLS)_|.*[@$]|(CAT|TAB|COLS|DICT|DICTIONARY|TABS|OBJ|SYN|SEQ|IND)$")


@dataclass(frozen=True, slots=True)
class Sources:
    """The FROM clause as PostgreSQL's text, with what it makes known."""

    sql: str
    relations: tuple[Relation, ...]
    merged: tuple[Field, ...] = ()


def sources(node: exp.Select, scope: Scope) -> Sources:
    """Return the FROM clause of a block; raises ``OracleError`` if it has none or names what is not there."""
    if not node.args.get("from_"):
        raise OracleError("ORA-00923", "FROM keyword not found where expected")
    sql, relation = item(node.args["from_"].this, scope)
    found = Sources(sql, (relation,))
    segment = 0  # where the relations that an ON condition may name begin: a comma ends their reach
    for join in node.args.get("joins") or []:
        if is_comma(join):
            segment = len(found.relations)
            sql, relation = item(join.this, replace(scope, relations=found.relations))
            found = Sources(f"{found.sql}, {sql}", (*found.relations, relation), found.merged)
        else:
            found = _joined(found, join, segment, scope)
    return found


def is_comma(join: exp.Join) -> bool:
    """Say whether a join is a comma in FROM."""
    parts = ("side", "kind", "method", "on", "using")
    return not any(join.args.get(part) for part in parts) and not _applies(join.this)


def _applies(node: exp.Expr) -> bool:
    return isinstance(node, exp.Lateral) and node.args.get("cross_apply") is not None


def item(node: exp.Expr, scope: Scope) -> tuple[str, Relation]:
    """Return one table, view or subquery of FROM with what it makes known."""
    from .pivoting import pivoted

    if isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        sql, relation = _derived(node, query(node.this.this, scope.inner()), scope)
        return f"LATERAL {sql}", relation
    if node.args.get("pivots"):
        return pivoted(node, scope)
    for extra in _EXTRAS:
        if node.args.get(extra):
            raise UnsupportedError(f"a table's {extra}")
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        return _derived(node, query(node.this, scope.inner(inline=True)), scope)
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        return _table(node, scope)
    raise UnsupportedError("something in FROM other than a table or a subquery")


def alias_of(node: exp.Expr, default: str) -> str:
    """Return the name by which the block calls a table or subquery."""
    alias = node.args.get("alias")
    if alias and alias.args.get("columns"):
        raise OracleError("ORA-00933", "SQL command not properly ended")
    return named(alias.this, "ORA-00933", "SQL command not properly ended") if alias and alias.this else default


def relation_of(found: Query, name: str, alias: str) -> Relation:
    """Return a rewritten query, called ``alias`` in PostgreSQL and ``name`` in Oracle, as a relation."""
    fields = (Field(column, Value(f"{alias}.c{n}", kind)) for n, (column, kind) in enumerate(found.columns, 1))
    return Relation(name, tuple(fields))


def _derived(node: exp.Expr, found: Query, scope: Scope) -> tuple[str, Relation]:
    alias = scope.named("q")
    return f"({found.sql}) {alias}", relation_of(found, alias_of(node, ""), alias)


def _table(node: exp.Table, scope: Scope) -> tuple[str, Relation]:
    if node.args.get("db"):
        raise UnsupportedError("a table qualified by its schema")
    name, alias = named(node.this, "ORA-00903", "invalid table name"), scope.named("t")
    known = alias_of(node, name)
    if name in scope.ctes:
        cte = scope.ctes[name]
        return f"{cte.sql_name} {alias}", relation_of(Query("", cte.columns), known, alias)
    if name == "DUAL":
        return f"oracle.dual {alias}", Relation(known, (Field("DUMMY", Value(f"{alias}.dummy", Kind.TEXT)),))
    if name not in scope.catalog:
        if _ELSEWHERE.match(name):
            raise UnsupportedError("a view of the data dictionary or a table of another database")
        raise OracleError("ORA-00942", "table or view does not exist")
    table = scope.catalog[name]
    fields = (Field(column, Value(f"{alias}.{quoted(own)}", kind)) for column, (own, kind) in table.columns.items())
    return f"public.{quoted(table.name)} {alias}", Relation(known, tuple(fields))


def _joined(left: Sources, join: exp.Join, segment: int, scope: Scope) -> Sources:
    """Return what is left of a JOIN with what is right of it."""
    sql, relation = item(join.this, replace(scope, relations=left.relations))
    relations = (*left.relations, relation)
    word = _join_word(join)
    if word == "CROSS JOIN":
        return Sources(f"{left.sql} {word} {sql}", relations, left.merged)
    if join.args.get("using") or join.args.get("method"):
        return _merged(left, join, relation, f"{left.sql} {word} {sql}")
    if not join.args.get("on"):
        on = "TRUE" if _applies(join.this) else None
        if not on:
            raise OracleError("ORA-00905", "missing keyword")
    else:
        reach = replace(scope, relations=relations[segment:], merged=left.merged, clause="on")
        on = condition(join.args["on"], reach)
    return Sources(f"{left.sql} {word} {sql} ON {on}", relations, left.merged)


def _join_word(join: exp.Join) -> str:
    if _applies(join.this):
        return "CROSS JOIN" if join.this.args["cross_apply"] else "LEFT JOIN"
    method, side, kind = (str(join.args.get(part) or "").upper() for part in ("method", "side", "kind"))
    if method not in ("", "NATURAL") or kind not in ("", "INNER", "OUTER", "CROSS"):
        raise OracleError("ORA-00933", "SQL command not properly ended")
    return "CROSS JOIN" if kind == "CROSS" else f"{side} JOIN".strip()


def _merged(left: Sources, join: exp.Join, right: Relation, sql: str) -> Sources:
    """Join by equal names: each becomes one column, known without a qualifier only."""
    before = {field.name: field for relation in left.relations for field in relation.fields if not field.joined}
    before |= {field.name: field for field in left.merged}
    after = {field.name: field for field in right.fields}
    names = [spelt(each) for each in join.args.get("using") or []] or [name for name in before if name in after]
    for name in names:
        if name not in before or name not in after:
            raise unknown_identifier(name)
    pairs = [(before[name].value, after[name].value) for name in names]
    on = " AND ".join(" = ".join(comparable(a, b)) for a, b in pairs) or "TRUE"
    merged = tuple(Field(name, _either(a, b, join)) for name, (a, b) in zip(names, pairs, strict=True))
    relations = tuple(_without(relation, set(names)) for relation in (*left.relations, right))
    kept = tuple(field for field in left.merged if field.name not in names)
    return Sources(f"{sql} ON {on}", relations, (*kept, *merged))


def _either(left: Value, right: Value, join: exp.Join) -> Value:
    if str(join.args.get("side") or "").upper() in ("RIGHT", "FULL"):
        return Value(f"coalesce({left.sql}, {right.sql})", left.kind)
    return left


def _without(relation: Relation, names: set[str]) -> Relation:
    fields = tuple(replace(field, joined=field.joined or field.name in names) for field in relation.fields)
    return replace(relation, fields=fields)
