"""How the models of this machine look in a terminal."""

from collections.abc import Sequence

from rich.console import Console

from ..agents.models_status import ModelStatus
from .doctor import Check
from .doctor_view import show_checks


def show_models(console: Console, models: Sequence[ModelStatus]) -> None:
    """Print each model in a line, and under one that is not ready the command that would make it so."""
    show_checks(console, [Check("model", m.spec, m.ready, m.detail, m.remedy) for m in models])
