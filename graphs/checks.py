"""What is checked of a candidate that ran, before the critic sees it."""

from ..knowledge.keywords import keyword_in
from ..tools.engines import Engine
from ..tools.literals import missing_literals
from .state import ItemState
from .workbench import Workbench


def failed_check(state: ItemState, bench: Workbench | Engine) -> str | None:
    """Return the check that the item's candidate fails, or None.

    It must parse, use the construct that it was asked to use, and its question must mention every literal
    that decides the result.
    """
    from sqlglot.errors import SqlglotError

    from ..tools.parsing import parsed

    try:
        parsed(state["sql"], bench.dialect)
    except (SqlglotError, RecursionError):  # nested past all reason
        return "does not parse"
    unused = [k for k in state["keywords"] if not keyword_in(state["sql"], k, bench.dialect)]
    if unused:
        return "construct not used"
    if missing_literals(state["question"], state["sql"], bench.dialect):
        return "literal not in question"
    return None
