"""The options of commands that ask language models, and the folders of models."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...agents.defaults import REPLY_TOKENS, SCHEMA_TOKENS, TIMEOUT
from .options import takes

if TYPE_CHECKING:
    from ..run_models import ModelSettings


def _option(kind: type, what: str, *names: str, **how: Any) -> Any:
    return Annotated[kind, typer.Option(*names, help=what, rich_help_panel="Language models", **how)]


SchemaValues = _option(int, "Values of each column shown in a prompt.", metavar="N", min=0)
BaseUrl = _option(str, "A server that speaks OpenAI's protocol, for openai: models.", metavar="URL")
_SETTINGS = {
    "base_url": (BaseUrl, None),
    "in_flight": (
        _option(int, "Items under way; by default 8, with a server 32.", metavar="N", min=1),
        None,
    ),
    "max_cost": (_option(float, "Stop before models cost more.", metavar="USD", min=0.0), None),
    "max_tokens": (_option(int, "Stop before models take more tokens.", metavar="N", min=1), None),
    "cache": (_option(bool, "Ask models again what they were asked before.", " /--no-cache"), True),
    "schema_tokens": (_option(int, "At most so much of a schema in a prompt.", metavar="N", min=100), SCHEMA_TOKENS),
    "reply_tokens": (_option(int, "A reply ends after so many.", metavar="N", min=16), REPLY_TOKENS),
    "timeout": (_option(float, "When a reply is asked for again.", metavar="S", min=1.0), TIMEOUT),
    "bf16": (_option(bool, "Round local weights to bf16: faster where the machine has it.", "--bf16"), False),
}


def _settings(**given: Any) -> "ModelSettings":
    from ..run_models import ModelSettings

    return ModelSettings(**given)


asks_models = takes(_SETTINGS, _settings)


def model_folder(name: str) -> Path:
    """Return the folder of a model, named by itself, as ``hf:FOLDER`` or ``smollm2``."""
    if name == "smollm2":
        from ...agents.local_models.smollm2 import smollm2_folder

        return smollm2_folder()
    return Path(name.removeprefix("hf:")).expanduser()
