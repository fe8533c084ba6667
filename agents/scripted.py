"""The one test double: a chat model that gives the replies it was told to give."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr


class ScriptedModel(BaseChatModel):
    """Gives enqueued replies in order; raises ``IndexError`` when asked for one more."""

    _replies: deque[AIMessage] = PrivateAttr(default_factory=deque)
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def seen(self) -> list[list[BaseMessage]]:
        """Return the messages of every request so far."""
        return self._seen

    def enqueue(self, *calls: tuple[str, dict[str, Any]], text: str = "") -> None:
        """Add a reply: tool calls as (name, arguments), or plain text."""
        made = [{"name": n, "args": a, "id": f"call_{i}", "type": "tool_call"} for i, (n, a) in enumerate(calls)]
        self._replies.append(AIMessage(text, tool_calls=made))

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model itself: its replies are fixed."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self._seen.append(messages)
        if not self._replies:
            raise IndexError("no reply enqueued")
        return ChatResult(generations=[ChatGeneration(message=self._replies.popleft())])
