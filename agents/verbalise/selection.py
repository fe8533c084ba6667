"""One SELECT, taken apart into what is said of it: rows, columns, groups, order and limit."""

from dataclasses import dataclass, field

from sqlglot import exp

from ...tools.transpile import nulls_first_by_default
from .expressions import phrase
from .lexicon import NAMED_AGGREGATES, UNSAID_AGGREGATES
from .naming import Phrase, listing, plural
from .predicates import clause, correlation
from .relations import Rows, enter, finish
from .scope import Scope, Unsayable


@dataclass(slots=True)
class Selection:
    """The said parts of a SELECT."""

    select: exp.Select
    scope: Scope
    rows: Rows
    columns: list[Phrase] = field(default_factory=list)
    keys: list[Phrase] = field(default_factory=list)
    hidden_keys: list[Phrase] = field(default_factory=list)
    having: str = ""
    order: str = ""
    clauses: list[str] = field(default_factory=list)
    qualify: str = ""
    totals: str = ""
    group_noun: str = ""

    def rows_phrase(self) -> str:
        """Return the plural noun of the rows with all clauses that narrow them."""
        return f"{self.scope.rows()} {' and '.join(self.clauses)}".strip()

    def grouped(self) -> bool:
        """Return whether the SELECT has one row per group."""
        return self.select.args.get("group") is not None

    def aggregated(self) -> bool:
        """Return whether the SELECT aggregates all its rows into one."""
        return not self.grouped() and any(aggregates(p) for p in self.select.expressions)


def aggregates(node: exp.Expr) -> bool:
    """Return whether an expression aggregates (outside a window and outside a subquery)."""
    if isinstance(node, exp.Window):
        function = node.this.this if isinstance(node.this, exp.IgnoreNulls | exp.RespectNulls) else node.this
        return any(aggregates(argument) for argument in function.iter_expressions())
    if isinstance(node, exp.Subquery | exp.Select):
        return False
    if isinstance(node, exp.AggFunc | exp.WithinGroup | exp.Filter | exp.JSONArrayAgg | exp.JSONObjectAgg):
        return True
    if isinstance(node, exp.Anonymous) and node.name.upper() in NAMED_AGGREGATES.keys() | UNSAID_AGGREGATES:
        return True
    return any(aggregates(child) for child in node.iter_expressions())


_SAID = {
    "distinct", "expressions", "from_", "group", "having", "joins", "laterals", "limit", "offset", "order", "qualify",
    "where", "windows", "with_",
}  # fmt: skip


def take_apart(select: exp.Select, scope: Scope) -> Selection:
    """Say all parts of ``select`` in ``scope`` (fresh, inside its outer one); raises ``Unsayable``."""
    if unsaid := [name for name, value in select.args.items() if value and name not in _SAID]:
        raise Unsayable(f"a query with {unsaid[0]}")
    said = Selection(select, scope, enter(select, scope))
    where = select.args.get("where")
    predicates = [] if where is None else _conjuncts(where.this)
    predicates = _anti_joins(predicates, said)
    if said.rows.conditions:
        raise Unsayable("outer join with a further condition")
    group = select.args.get("group")
    if group is not None:
        _say_groups(group, said)
    for projection in select.expressions:
        if isinstance(projection, exp.Star):
            raise Unsayable("SELECT *")
        said.columns.append(phrase(projection, scope))
    if len({c.text for c in said.columns}) < len(said.columns):
        raise Unsayable("the same column twice")
    _refuse_misleading_figures(said)
    _register_aliases(select, scope)
    if select.args.get("having"):
        said.having = clause(select.args["having"].this, scope)
    if select.args.get("qualify"):
        said.qualify = clause(select.args["qualify"].this, scope)
    if select.args.get("order"):
        said.order = order_phrase(select.args["order"], scope)
    said.clauses = said.rows.clauses + [_where(p, scope) for p in predicates]
    said.clauses = finish(scope, said.rows) + said.clauses
    own = [
        n
        for part in (*select.expressions, select.args.get("having"))
        if part is not None
        for n in part.find_all(exp.Count)
    ]
    if said.rows.optional and any(isinstance(n.this, exp.Star) and n.find_ancestor(exp.Select) is select for n in own):
        raise Unsayable("COUNT(*) over an outer join")
    return said


def _refuse_misleading_figures(said: Selection) -> None:
    """Refuse totals that count a looked-up row once for each row that refers to it, and figures of one value."""
    grouped = {k.origin for k in said.keys}
    for projection in said.select.expressions:
        for node in projection.find_all(exp.AggFunc):
            if node.find_ancestor(exp.Select) is not said.select or isinstance(node, exp.Count | exp.CountIf):
                continue
            argument = node.parent.expression if isinstance(node.parent, exp.WithinGroup) else node.this
            if isinstance(argument, exp.Case | exp.If):
                argument = (argument.args["ifs"][0] if isinstance(argument, exp.Case) else argument).args["true"]
            column = argument.find(exp.Column) if isinstance(argument, exp.Expr) else None
            entity = said.scope.entities.get(column.table) if column is not None else None
            if entity is None or not entity.base or entity.noun == said.scope.row_noun:
                continue
            own = {p.origin for n, p in entity.columns.items() if n in entity.keys}
            if isinstance(node, exp.Sum) and not isinstance(node.this.unnest(), exp.Predicate):
                raise Unsayable("a total that repeats looked-up values")
            if own and own <= grouped and node.find_ancestor(exp.Window) is None:
                raise Unsayable("a figure of one value per group")


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    return list(node.flatten()) if isinstance(node, exp.And) else [node]


def _where(node: exp.Expr, scope: Scope) -> str:
    related = correlation(node, scope) if scope.outer is not None else None
    if related is not None:
        return related
    said = clause(node, scope)
    return f"({said})" if isinstance(node.unnest(), exp.Or) and scope.outer is None else said


def _anti_joins(predicates: list[exp.Expr], said: Selection) -> list[exp.Expr]:
    """Say ``LEFT JOIN b … WHERE b.key IS NULL`` as ``that have no b``; return the other predicates."""
    kept = []
    for node in predicates:
        absent = isinstance(node, exp.Is) and isinstance(node.expression, exp.Null) and not node.args.get("negate")
        column = node.this if absent else None
        if isinstance(column, exp.Column) and column.table in said.rows.optional:
            said.rows.clauses.append(_without(column.table, said))
            said.rows.optional.discard(column.table)
            said.rows.absent.add(column.table)
            owners = [a for a in said.scope.entities if a != column.table]
            if len(owners) == 1:
                said.scope.row_noun = said.scope.entities[owners[0]].noun
        else:
            kept.append(node)
    return kept


def _without(alias: str, said: Selection) -> str:
    """Say that a row has no partner in the outer joined ``alias``."""
    entity, condition = said.scope.entities[alias], said.rows.conditions.pop(alias, "")
    if not entity.base:
        if alias not in said.rows.through or condition:
            raise Unsayable("anti-join with a derived table")
        return f"whose {said.rows.through[alias]} is not among the {entity.many()}"
    child = any(alias in children for children in said.rows.linked.values())
    if not child and not condition and not _may_lack(alias, said):
        raise Unsayable("an anti-join that leaves no row")
    return f"that have no {plural(entity.noun) if child else f'matching {entity.noun}'} {condition}".strip()


def _may_lack(alias: str, said: Selection) -> bool:
    """Say whether the column that refers to the outer joined ``alias`` may be missing."""
    referring = said.rows.through.get(alias)
    places = [p.origin for e in said.scope.entities.values() for p in e.columns.values() if p.text == referring]
    schema = said.scope.schema
    return not places or any(place is not None and schema.table(place[0]).column(place[1]).nullable for place in places)


def _say_groups(group: exp.Group, said: Selection) -> None:
    keys = list(group.expressions)
    if group.args.get("all"):
        keys = [p.unalias() for p in said.select.expressions if not aggregates(p)]
    for name, words in _TOTALS.items():
        for extended in [k for k in keys if isinstance(k, name)] + list(group.args.get(name.key) or []):
            keys = [k for k in keys if k is not extended] + [u for e in extended.expressions for u in _columns(e)]
            said.totals = words if len(keys) > 1 else "with a grand total"
    if isinstance(group.args.get("grouping_sets"), list) and group.args["grouping_sets"]:
        raise Unsayable("GROUPING SETS")
    shown = {p.unalias().sql() for p in said.select.expressions}
    names = {p.alias for p in said.select.expressions if p.alias}
    for key in keys:
        resolved = _resolve(key, said.select)
        said.keys.append(phrase(resolved, said.scope))
        if resolved.sql() not in shown and key.name not in names:
            said.hidden_keys.append(said.keys[-1])
    _refuse_groups_of_one(said)
    _name_groups(said)


def _refuse_groups_of_one(said: Selection) -> None:
    """Nobody groups rows by their own primary key: every group is one row."""
    keys = {k.origin for k in said.keys}
    for entity in said.scope.entities.values():
        own = {p.origin for n, p in entity.columns.items() if n in entity.keys}
        if entity.base and entity.noun == said.scope.row_noun and own and own <= keys:
            raise Unsayable("groups of one row each")


def _name_groups(said: Selection) -> None:
    """Call a group by its entity when a hidden key is that entity's primary key: ``each customer``."""
    for hidden in said.hidden_keys:
        owners = [
            e
            for e in said.scope.entities.values()
            if e.base and {p.origin for n, p in e.columns.items() if n in e.keys} == {hidden.origin}
        ]
        if len(said.hidden_keys) == 1 and owners:
            said.group_noun = owners[0].noun
            said.hidden_keys = []


_TOTALS: dict[type[exp.Expr], str] = {
    exp.Rollup: "with subtotals at each level and a grand total",
    exp.Cube: "with subtotals for every combination and a grand total",
}


def _columns(node: exp.Expr) -> list[exp.Expr]:
    return list(node.expressions) if isinstance(node, exp.Tuple) else [node]


def _resolve(key: exp.Expr, select: exp.Select) -> exp.Expr:
    if isinstance(key, exp.Literal) and not key.is_string:
        numbered: exp.Expr = select.expressions[int(key.this) - 1].unalias()
        return numbered
    for projection in select.expressions:
        if isinstance(key, exp.Column) and not key.table and projection.alias == key.name:
            named: exp.Expr = projection.unalias()
            return named
    return key


def _register_aliases(select: exp.Select, scope: Scope) -> None:
    for projection in select.expressions:
        behind = projection.unalias()
        if projection.alias and not (isinstance(behind, exp.Column) and behind.name == projection.alias):
            scope.aliases[projection.alias] = behind


_DIRECTIONS = {
    "number": ("from lowest to highest", "from highest to lowest"),
    "text": ("alphabetically", "in reverse alphabetical order"),
    "date": ("from earliest to latest", "from latest to earliest"),
    "flag": ("false first", "true first"),
}


def order_phrase(order: exp.Order, scope: Scope, verb: str = "sorted by") -> str:
    """Return an ORDER BY in words: ``sorted by distance from highest to lowest, then by …``."""
    said = []
    for key in order.expressions:
        target = key.this
        if isinstance(target, exp.Literal) and isinstance(order.parent, exp.Select):
            target = order.parent.expressions[int(target.this) - 1].unalias()
        subject = phrase(target, scope)
        direction = _DIRECTIONS[subject.kind][bool(key.args.get("desc"))]
        missing = ""
        if (
            key.args.get("nulls_first")
            and not key.args.get("desc")
            and not nulls_first_by_default(False, scope.dialect)
        ):
            missing = " with missing values first"
        said.append(f"{subject.text} {direction}{missing}")
    return f"{verb} {', then by '.join(said)}"


def limit_phrase(select: exp.Expr) -> str:
    """Return LIMIT, OFFSET or FETCH in words, or an empty string."""
    limit, offset = select.args.get("limit"), select.args.get("offset")
    skipped = f"skipping the first {offset.expression.name}" if offset is not None else ""
    if limit is None:
        return skipped
    counted: exp.Expr = limit.args["count"] if isinstance(limit, exp.Fetch) else limit.expression
    count = counted.name
    options = limit.args.get("limit_options")
    if options is not None and options.args.get("percent"):
        count = f"{count} percent"
    ties = " plus any that tie with the last" if options is not None and options.args.get("with_ties") else ""
    count = "one" if count == "1" else count
    first = f"only the first {count}" if not skipped else f"only the next {count}"
    return " and ".join(filter(None, [skipped, f"{first}{ties}"]))


def columns_phrase(columns: list[Phrase], many: bool = False) -> str:
    """Return the columns as one list under one article."""
    texts = [c.many() if many else c.text for c in columns]
    simple = all(len(t.split()) <= 4 and not c.bare for t, c in zip(texts, columns, strict=True))
    return f"the {listing(texts)}" if simple or many else listing([c.the() for c in columns])
