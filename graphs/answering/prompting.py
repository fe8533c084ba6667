"""The prompt of a question on a database: one place for all who ask models, and for those who train them."""

from ...tools.schema_excerpt import SchemaExcerpt
from ...training.prompt_format import Prompt, prompt_for


def question_prompt(schema: SchemaExcerpt, dialect: str, question: str, evidence: str | None) -> Prompt:
    """Return the prompt with the part of the schema that the question is about."""
    return prompt_for(dialect, schema.about(f"{question} {evidence or ''}"), question, evidence)
