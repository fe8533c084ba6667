"""Chat models by name: the one seam behind which everything that thinks is a LangChain chat model."""

from langchain_core.language_models import BaseChatModel

from ..tools.errors import UsageError

CHOICES = "grammar, smollm2, hf:FOLDER, openai:NAME, anthropic:NAME, google_genai:NAME or ollama:NAME"


def runs_here(spec: str) -> bool:
    """Say whether the weights of the model ``spec`` work in this process."""
    return spec == "smollm2" or spec.startswith("hf:")


def chat_model(spec: str, base_url: str | None = None, bf16: bool = False) -> BaseChatModel:
    """Return the chat model that ``spec`` names: one of ``CHOICES``.

    ``base_url`` is the address of a server that speaks OpenAI's protocol; it counts for ``openai:`` alone, so that
    a run may have its generator there and its critic elsewhere. Weights are loaded here, rounded to ``bf16`` if wanted,
    and shared by every model of the same name. Raises ``UsageError`` for a model that is not to be had, with the
    command that would get it.
    """
    kind, _, name = spec.partition(":")
    if spec == "grammar":
        from .grammar.model import GrammarModel

        return GrammarModel()
    if runs_here(spec) and spec != "hf:":
        from .local_models.chat import local_model

        return local_model(_folder(spec), bf16)
    from .models_providers import PROVIDERS, provider_model

    if kind in PROVIDERS and name:
        return provider_model(PROVIDERS[kind], name, base_url if kind == "openai" else None)
    raise UsageError(f"Unknown model '{spec}': choose {CHOICES}.")


def weights_version(spec: str, bf16: bool = False) -> str | None:
    """Return what tells the weights of the model ``spec`` from others; None where they are not in this process."""
    if not runs_here(spec):
        return None
    from .local_models import chat

    return chat.weights_version(_folder(spec), bf16)


def _folder(spec: str) -> str:
    from .local_models.smollm2 import smollm2_folder

    return spec.removeprefix("hf:") if spec != "smollm2" else str(smollm2_folder())
