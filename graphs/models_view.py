"""How the models of this machine look in a terminal."""

from collections.abc import Sequence

from rich.console import Console

from ..agents.models_status import ModelStatus, Ping
from .doctor import Check
from .doctor_view import show_checks


def show_models(console: Console, models: Sequence[ModelStatus]) -> None:
    """Print each model in a line, and under one that is not ready the command that would make it so."""
    show_checks(console, [Check("model", m.spec, m.ready, m.detail, m.remedy) for m in models])


def ping_check(ping: Ping) -> Check:
    """Return what came of asking a model as one of the machine's checks."""
    return Check("model", ping.spec, ping.answered, f"{ping.detail} after {ping.seconds:.1f} s")
