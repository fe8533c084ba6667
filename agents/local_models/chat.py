"""A chat model whose weights run in this process."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from ...tools.errors import UsageError
from .batching import Request, Sampling
from .chat_format import ChatFormat, Tools
from .weights import Weights, fingerprint, load_weights


class LocalModel(BaseChatModel):
    """Answers in the model's own chat template; calls that are in flight together are generated together.

    ``temperature`` 0 always takes the likeliest token: the same request, the same reply. Above 0 tokens are drawn
    among those that have ``top_p`` of the probability, and ``seed`` makes the same request give the same reply,
    whatever it is generated with. A reply ends after ``max_tokens``. A model without a template is given the words
    of the messages, to be continued. Raises ``ContextOverflowError`` for a request that leaves no room for a reply.
    """

    name_or_folder: str
    version: str
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    max_tokens: int = 512
    _weights: Weights = PrivateAttr()
    _format: ChatFormat = PrivateAttr()

    def __init__(self, weights: Weights, **settings: Any) -> None:
        super().__init__(**settings)
        self._weights, self._format = weights, ChatFormat(weights.tokenizer)

    @property
    def _llm_type(self) -> str:
        return "local"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        """What a reply depends on besides the messages and tools; the version changes with the weights."""
        return self.model_dump(include={"name_or_folder", "version", "temperature", "top_p", "seed", "max_tokens"})

    @property
    def chats(self) -> bool:
        """Whether the model was tuned for chat: it has a template for the turns of one."""
        return self._format.has_template

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model with tools to call; it cannot be forced to call one.

        Raises ``UsageError`` if it was made to continue text, not to chat.
        """
        if not self.chats:
            raise UsageError(
                f"The model {self.name_or_folder} has no chat template: choose one that was tuned for chat."
            )
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        tools: Tools = (),
        **kwargs: Any,
    ) -> ChatResult:
        request = await asyncio.to_thread(self._request, messages, tools)
        reply = await asyncio.wrap_future(self._weights.batcher.submit(request))
        return self._result(request, reply, tools, len(messages))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        tools: Tools = (),
        **kwargs: Any,
    ) -> ChatResult:
        request = self._request(messages, tools)
        reply = self._weights.batcher.submit(request).result()
        return self._result(request, reply, tools, len(messages))

    def _request(self, messages: list[BaseMessage], tools: Tools) -> Request:
        prompt = self._format.prompt(messages, tools)
        room = self._weights.context - len(prompt)
        if room < 1:
            raise ContextOverflowError(f"{len(prompt)} tokens do not fit into a context of {self._weights.context}")
        return Request(prompt, Sampling(self.temperature, min(self.max_tokens, room), self.top_p), self.seed)

    def _result(self, request: Request, reply: list[int], tools: Tools, turn: int) -> ChatResult:
        message = self._format.message(request.prompt, reply, tools, turn)
        sent, got = len(request.prompt), len(reply)
        message.usage_metadata = UsageMetadata(input_tokens=sent, output_tokens=got, total_tokens=sent + got)
        ended = "stop" if reply and reply[-1] in self._weights.ends else "length"
        message.response_metadata = {"model_name": self.name_or_folder, "finish_reason": ended}
        return ChatResult(generations=[ChatGeneration(message=message)])


def local_model(name_or_folder: str, bf16: bool = False) -> LocalModel:
    """Load a model from its folder (or by its name on the hub), its weights as they were saved or rounded to bf16.

    Raises ``UsageError`` if that fails.
    """
    weights = load_weights(name_or_folder, bf16)
    return LocalModel(weights, name_or_folder=name_or_folder, version=weights_version(name_or_folder, bf16))


def weights_version(name_or_folder: str, bf16: bool = False) -> str:
    """Return what tells these weights from others, without loading them."""
    return fingerprint(name_or_folder) + ("-bf16" if bf16 else "")
