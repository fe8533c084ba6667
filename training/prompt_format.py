"""The prompt of text-to-SQL: the one in which models are trained, sampled and evaluated.

For models with a chat template it is a list of messages, as TRL and every chat API take them; for others a text that
ends where the query begins. The completion is the query alone. Whoever changes a word here gives ``FORMAT`` another
name, since a model answers best in the format that it was trained in.
"""

from dataclasses import dataclass

from ..tools.dialects import get_dialect

FORMAT = "text-to-sql-1"

_SYSTEM = "You answer questions about a database with queries in {title} SQL."
# What is asked for stands at the end: small models keep to what they read last.
_USER = "{schema}\n\n{hint}Question: {question}\n\nReply with one {title} SQL query that answers it, and nothing else."
_PLAIN = "-- Database ({title})\n{schema}\n\n{hint}-- Question: {question}\n-- Query\n"

Turn = dict[str, str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question as a model is asked it: as ``messages``, or as ``plain`` text to be continued."""

    messages: list[Turn]
    plain: str


def prompt_for(dialect: str, schema: str, question: str, evidence: str | None = None) -> Prompt:
    """Return the prompt for a question on the database whose ``schema`` is given as CREATE TABLE statements.

    ``evidence`` is a hint, as BIRD gives one beside a question. Raises ``UsageError`` for an unknown dialect.
    """
    title, asked, hint = get_dialect(dialect).title, _one_line(question), _one_line(evidence or "")
    user = _USER.format(title=title, schema=schema, hint=f"Hint: {hint}\n" if hint else "", question=asked)
    plain = _PLAIN.format(title=title, schema=schema, hint=f"-- Hint: {hint}\n" if hint else "", question=asked)
    system = {"role": "system", "content": _SYSTEM.format(title=title)}
    return Prompt([system, {"role": "user", "content": user}], plain)


def completion(sql: str) -> str:
    """Return what a model is to say for ``sql``: the query alone, without the ``;`` after it."""
    return sql.strip().rstrip(";").rstrip()


def completion_messages(sql: str) -> list[Turn]:
    """Return the completion as the turn of a chat, in TRL's form."""
    return [{"role": "assistant", "content": completion(sql)}]


def _one_line(text: str) -> str:
    """Return a text on one line, so that none of it leaves the comment that it stands in."""
    return " ".join(text.split())
