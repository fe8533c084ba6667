"""Chat models by name: the one seam behind which everything that thinks is a LangChain chat model."""

from langchain_core.language_models import BaseChatModel

from ..tools.errors import UsageError


def chat_model(spec: str) -> BaseChatModel:
    """Return the chat model that ``spec`` names; raises ``UsageError`` for a model that is not to be had."""
    if spec == "grammar":
        from .grammar.model import GrammarModel

        return GrammarModel()
    raise UsageError(f"Unknown model '{spec}': this version knows 'grammar', the embedded model.")
