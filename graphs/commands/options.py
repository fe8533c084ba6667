"""What the commands have in common: options, input as text, output for people or for scripts."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...tools.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

DATABASE = "flights, baseball, shop, a file, a folder or a URL."
DIALECT_NAMES = "bigquery, duckdb, mysql, oracle, postgres, sqlite or an installed one."
MODELS = "See 'isogloss models'."
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Dialect = Annotated[str, typer.Argument(help=DIALECT_NAMES)]
Corpus = Annotated[
    str | None, typer.Option("--corpus", metavar="NAME", help="The tutorials; by default the one in use.")
]
Run = Annotated[Path | None, typer.Argument(help="The run's directory; by default the latest under runs/.")]
RunItem = Annotated[
    list[str], typer.Argument(metavar="[RUN] ITEM", help="The run (by default the latest) and the item.")
]
Workers = Annotated[int, typer.Option(metavar="N", min=1, help="Processes that execute SQL.")]
On = Annotated[
    str | None, typer.Option(metavar="CLUSTER", help="ray, or ray://HOST:PORT; by default this process works alone.")
]
ShardsAt = Annotated[
    str | None,
    typer.Option("--shards", metavar="URL", help="Where a cluster's machines put what is done: s3://…, a folder."),
]


def text_of(argument: str) -> str:
    """Return what an argument says: itself, the file after ``@``, or standard input for ``-``."""
    if argument == "-":
        return sys.stdin.read()
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{argument[1:]} cannot be read: {error}.") from error


Command = Callable[..., None]


def takes(options: Mapping[str, tuple[Any, Any]], settings: Callable[..., Any]) -> Callable[[Command], Command]:
    """Give commands some options, each with its default, in the place of a parameter that ``settings`` makes of them.

    The parameter is called ``settings``. Typer reads the options of a command from its signature, and has no other way
    to share some among commands.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            made = settings(**{name: given.pop(name) for name in options})
            command(**given, settings=made)

        own = [parameter for name, parameter in signature(command).parameters.items() if name != "settings"]
        shared = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=option)
            for name, (option, default) in options.items()
        ]
        parameters = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own] + shared
        run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def show(json: bool, value: Any, view: Callable[["Console"], None]) -> None:
    """Print ``value`` as JSON, or let ``view`` show it."""
    from ..console import as_json, console

    print(as_json(value)) if json else view(console())
