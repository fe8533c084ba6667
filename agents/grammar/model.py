"""The grammar model: a chat model that answers the agents' requests by rules.

It reads the same prompts as any other model and answers with the same tool calls, so the graphs cannot
tell the difference. All its choices come from the text of the request: the same request, the same reply.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from .answers import Calls, answer, answers
from .helper import Helper


class GrammarModel(BaseChatModel):
    """Answers the requests for each of the agents' replies, but not to paraphrase; with a ``helper``, on two cores."""

    tool_names: tuple[str, ...] = ()
    helper: Helper | None = Field(default=None, exclude=True)

    @property
    def _llm_type(self) -> str:
        return "grammar"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model knowing which tools it may call; the reply tool names the request."""
        names = tuple(convert_to_openai_tool(t)["function"]["name"] for t in tools)
        return GrammarModel(tool_names=names, helper=self.helper)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        calls = await self.helper.answer(self.tool_names, *_asked(messages)) if self.helper else None
        return self._generate(messages) if calls is None else _reply(calls)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if not answers(self.tool_names):
            raise ValueError("the grammar model answers only the agents' own requests; choose another model for chat")
        return _reply(answer(self.tool_names, *_asked(messages)))


def _asked(messages: list[BaseMessage]) -> tuple[str, list[tuple[dict[str, Any], str]]]:
    """Return the request, and the tools' replies so far, each with the arguments of its call."""
    request = next(str(m.content) for m in messages if isinstance(m, HumanMessage))
    made = {c["id"]: c["args"] for m in messages if isinstance(m, AIMessage) for c in m.tool_calls}
    return request, [(made[m.tool_call_id], str(m.content)) for m in messages if isinstance(m, ToolMessage)]


def _reply(calls: Calls) -> ChatResult:
    tool_calls = [{"name": n, "args": a, "id": f"call_{i}", "type": "tool_call"} for i, (n, a) in enumerate(calls)]
    return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=tool_calls))])
