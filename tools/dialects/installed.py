"""The dialects that installed packages declare by an entry point, each loaded only when it is asked for.

A package says in its ``pyproject.toml``::

    [project.entry-points."isogloss.dialects"]
    clickhouse = "isogloss_clickhouse:CLICKHOUSE"
"""

from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ..errors import UsageError
from .dialect import Dialect

GROUP = "isogloss.dialects"


def installed_names() -> tuple[str, ...]:
    """Return the names that packages declare, sorted."""
    return tuple(sorted(declarations()))


@cache
def declarations() -> dict[str, EntryPoint]:
    """Return what packages declare, by the dialect's name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def package_of(name: str) -> str:
    """Return the distribution that declares the dialect ``name``, with its version."""
    distribution = declarations()[name].dist
    return f"{distribution.name} {distribution.version}" if distribution else declarations()[name].module


@cache
def installed_dialect(name: str) -> Dialect:
    """Return a declared dialect; raises ``UsageError`` if its package cannot be imported or describes no dialect."""
    point = declarations()[name]
    try:
        found = point.load()
    except Exception as error:  # a stranger's code: whatever it raises, the other dialects work on
        raise UsageError(f"The dialect {name} of {package_of(name)} cannot be loaded: {error!r}.") from error
    if not isinstance(found, Dialect) or found.name != name:
        raise UsageError(f"{point.value} of {package_of(name)} must be a Dialect whose name is '{name}'.")
    return _known_to_sqlglot(found)


def _known_to_sqlglot(dialect: Dialect) -> Dialect:
    """Return the dialect so that sqlglot reads its own name as ``sqlglot`` says, whatever it had under that name."""
    if dialect.sqlglot == dialect.name:  # every child process comes here, and most need no sqlglot
        return dialect
    from sqlglot.dialects.dialect import Dialect as SqlglotDialect

    parent = SqlglotDialect.get(dialect.sqlglot)
    if parent is None:
        raise UsageError(f"sqlglot has no dialect '{dialect.sqlglot}', which {dialect.name} is to be parsed by.")
    type(dialect.name, (parent,), {})  # sqlglot registers a subclass by its name
    return replace(dialect, sqlglot=dialect.name)
