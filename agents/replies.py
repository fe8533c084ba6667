"""The structured replies of the agents, one tool schema each."""

from pydantic import BaseModel, Field


class ProposeTemplate(BaseModel):
    """Give the expanded template."""

    template: str = Field(description="the whole template, one query")
    keywords: list[str] = Field(
        default_factory=list, description="keywords of the construct used, as they appear in SQL"
    )
    snippet: str = Field(default="", description="id of the snippet that taught the construct")


class ProposeCandidate(BaseModel):
    """Give the finished query and its question."""

    sql: str
    question: str
    paraphrases: list[str] = Field(default_factory=list, description="other ways to ask exactly the same")


class GiveVerdict(BaseModel):
    """Say whether the query answers the question."""

    agree: bool
    reason: str
    problem: str = Field(default="none", description="none, missing_value, missing_condition, wrong_column, …")


class ProposeRepair(BaseModel):
    """Give the repaired query and the question it answers."""

    sql: str
    question: str
    change: str = Field(description="one sentence on what was changed")
    paraphrases: list[str] = Field(default_factory=list)


class ProposeTranslation(BaseModel):
    """Give the translated query."""

    sql: str
    change: str = Field(description="one sentence on what was changed")


class GiveUp(BaseModel):
    """Say that the request cannot be met, and why."""

    reason: str
