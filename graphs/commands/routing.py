"""``isogloss train routing``: what the routers of a mixture do."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ...tools.errors import UsageError
from .model_options import model_folder
from .options import Json, show


def routing(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="The folder of a mixture.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA", help="Files of examples in several dialects.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The report's folder; by default MODEL-routing.")
    ] = None,
    experts: Annotated[
        str | None, typer.Option(metavar="D,D…", help="Whose each expert is; by default as its mixture.json tells.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Examples of a dialect, at most.")] = 30,
    max_tokens: Annotated[int, typer.Option(metavar="N", min=1, help="Longer examples are left out.")] = 2048,
    seed: Annotated[int, typer.Option(metavar="N", help="Draws the examples, and the intervals.")] = 0,
    json: Json = False,
) -> None:
    """Report which experts the tokens of each dialect reach, and whether its own gets more than chance."""
    if not all(find_spec(module) for module in ("torch", "transformers", "datasets")):
        raise UsageError("Routing needs torch and transformers: pip install 'isogloss[train]'.")
    from ...training.routing.reporting import RoutingConfig, report_routing
    from ..routing_view import show_routing
    from ..training.watching import watched

    folder = model_folder(model)
    place = out or folder.with_name(f"{folder.name}-routing")
    named = [name.strip() for name in experts.split(",")] if experts else None
    config = RoutingConfig(folder, data, place, named, limit, max_tokens, seed)
    with watched("routing", "of the examples routed") as progress:
        report = report_routing(config, progress)
    show(json, report, lambda console: show_routing(console, report))
