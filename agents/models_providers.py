"""Models that a provider serves, through LangChain's own integrations."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from langchain_core.language_models import BaseChatModel

from ..tools.errors import UsageError

_NO_KEY = "none"  # for servers that ask for no key: the client insists on some text


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider; any one of ``keys`` is enough.

    Its name, with a dash for each underscore, is that of the extra that installs it.
    ``no_retries`` is the client's setting that sends a request once only, since patience has its own place.
    """

    name: str
    module: str
    keys: tuple[str, ...]
    no_retries: dict[str, int]

    @property
    def installed(self) -> bool:
        """True if its packages are there; imports nothing."""
        return all(find_spec(module) for module in ("langchain", self.module))

    @property
    def has_key(self) -> bool:
        """True if the environment has its key, or if it needs none."""
        return not self.keys or any(os.environ.get(key) for key in self.keys)

    @property
    def install(self) -> str:
        """The command that installs its packages."""
        return f"pip install 'isogloss[{self.name.replace('_', '-')}]'"

    @property
    def give_key(self) -> str:
        """The command that gives its key."""
        return f"export {self.keys[0]}=KEY"


# Google's SDK takes 0 for "as often as you like"; 1 attempt is none again (langchain_google_genai, `max_retries`).
# Ollama's client has no such setting: it asks once.
PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider("openai", "langchain_openai", ("OPENAI_API_KEY",), {"max_retries": 0}),
        Provider("anthropic", "langchain_anthropic", ("ANTHROPIC_API_KEY",), {"max_retries": 0}),
        Provider("google_genai", "langchain_google_genai", ("GOOGLE_API_KEY", "GEMINI_API_KEY"), {"max_retries": 1}),
        Provider("ollama", "langchain_ollama", (), {}),
    )
}


_ADDRESSES = {"openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "ollama": ("OLLAMA_HOST",)}


def server_address(provider: str, base_url: str | None) -> str | None:
    """Return where a provider's models are asked if not at its own address: ``base_url``, or as the environment says.

    ``base_url`` counts for ``openai`` alone. Raises ``UsageError`` if it is no address of a web server.
    """
    if provider == "openai" and base_url:
        return _checked(base_url)
    return next((os.environ[name] for name in _ADDRESSES.get(provider, ()) if os.environ.get(name)), None)


def shown_address(address: str | None) -> str | None:
    """Return an address without what may be secret in it: the user before the host, and the parameters."""
    if address is None:
        return None
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        fits = False
    if not fits:
        raise UsageError(f"'{shown_address(address)}' is no address of a server: write --base-url http://HOST:PORT/v1.")
    return address


async def close_connections(model: BaseChatModel) -> None:
    """Close a model's connections, in the event loop in which it was asked; it cannot be asked again.

    There are some to servers of OpenAI's protocol, and to the helper of the rules; other models keep none of their own.
    """
    client = getattr(model, "root_async_client", None) or getattr(model, "helper", None)
    if client is not None:
        await client.close()


def close_client(model: BaseChatModel) -> None:
    """Close the connections over which a model was asked outside of an event loop."""
    client = getattr(model, "root_client", None)  # of OpenAI's protocol, as above
    if client is not None:
        client.close()


def _connection(address: str | None) -> dict[str, Any]:
    """Return clients for OpenAI's protocol: LangChain would share one among event loops, and it outlives the first.

    aiohttp takes no user in an address beside a key: it is shown as httpx would, in place of the key.
    """
    from openai import DEFAULT_CONNECTION_LIMITS, DefaultAioHttpClient, DefaultHttpxClient

    parts = urlsplit(address or "")
    who = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    # by default 100 connections are kept; 0 is as many as --in-flight asks for (aiohttp, `TCPConnector`)
    unlimited = type(DEFAULT_CONNECTION_LIMITS)(max_connections=0)
    plain = {} if who is None else {"base_url": urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))}
    clients = {
        "http_client": DefaultHttpxClient(auth=who),
        "http_async_client": DefaultAioHttpClient(limits=unlimited, auth=who),
    }
    return {**clients, **plain}


def provider_model(provider: Provider, name: str, base_url: str | None) -> BaseChatModel:
    """Return the chat model ``name`` of a provider, or of the server at ``base_url``, which may do without a key.

    Raises ``UsageError`` if its package or its key is missing.
    """
    if not provider.installed:
        raise UsageError(f"The models of {provider.name} need a package: {provider.install}.")
    settings: dict[str, Any] = dict(provider.no_retries)
    base_url = server_address(provider.name, base_url) if provider.name == "openai" else None
    if base_url:
        settings["base_url"] = base_url
    if not provider.has_key:
        if not base_url:
            raise UsageError(f"The models of {provider.name} need a key: {provider.give_key}.")
        settings["api_key"] = _NO_KEY
    from langchain.chat_models import init_chat_model

    if provider.name == "openai":
        settings |= _connection(settings.get("base_url"))
    model: BaseChatModel = init_chat_model(name, model_provider=provider.name, **settings)
    return model
