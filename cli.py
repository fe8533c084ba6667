"""The command line: parse, call one function, show what it returns. What a command needs it imports itself."""

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from isogloss import __version__
from isogloss.tools.errors import IsoglossError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    name="isogloss",
    help="Build execution-verified text-to-SQL data for any SQL dialect.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
corpus_app = typer.Typer(help="The tutorials from which a dialect is taught.", no_args_is_help=True)
trace_app = typer.Typer(help="See what happened to each item of a run.", no_args_is_help=True)
dataset_app = typer.Typer(help="Look at the pairs of a run.", no_args_is_help=True)
models_app = typer.Typer(help="The models that agents run on.", invoke_without_command=True)
critic_app = typer.Typer(help="Choose a judge by a number.", no_args_is_help=True)
prompt_app = typer.Typer(help="What the agents are told; put your own words in its place.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(critic_app, name="critic")
app.add_typer(prompt_app, name="prompt")
app.add_typer(corpus_app, name="corpus")
app.add_typer(trace_app, name="trace")
app.add_typer(dataset_app, name="dataset")

_DATABASE = "flights, baseball, shop, a file, a folder or a URL."
_MODELS = "See 'isogloss models'."
_SCHEMA_TOKENS, _REPLY_TOKENS, _TIMEOUT = 4_000, 8_192, 120.0
_MODELS_PANEL = "Language models"
_DIALECT_NAMES = "bigquery, duckdb, mysql, oracle, postgres or sqlite."
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Dialect = Annotated[str, typer.Argument(help=_DIALECT_NAMES)]
Corpus = Annotated[
    str | None, typer.Option("--corpus", metavar="NAME", help="The tutorials; by default the one in use.")
]
Run = Annotated[Path | None, typer.Argument(help="The run's directory; by default the latest under runs/.")]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="A server that speaks OpenAI's protocol, for openai: models.", rich_help_panel=_MODELS_PANEL
    ),
]
InFlight = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Items under way; by default 4, with local weights 8, with a server 32.",
        rich_help_panel=_MODELS_PANEL,
    ),
]
MaxCost = Annotated[
    float | None,
    typer.Option(metavar="USD", min=0.0, help="Stop before models cost more.", rich_help_panel=_MODELS_PANEL),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Stop before models take more tokens.", rich_help_panel=_MODELS_PANEL),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Ask models again what they were asked before.", rich_help_panel=_MODELS_PANEL),
]
SchemaTokens = Annotated[
    int,
    typer.Option(metavar="N", min=100, help="At most so much of a schema in a prompt.", rich_help_panel=_MODELS_PANEL),
]
ReplyTokens = Annotated[
    int, typer.Option(metavar="N", min=16, help="A reply ends after so many.", rich_help_panel=_MODELS_PANEL)
]
Timeout = Annotated[
    float,
    typer.Option(metavar="S", min=1.0, help="When a reply is asked for again.", rich_help_panel=_MODELS_PANEL),
]
RunItem = Annotated[
    list[str], typer.Argument(metavar="[RUN] ITEM", help="The run (by default the latest) and the item.")
]


@app.command()
def build(
    dialect: Annotated[str, typer.Option(metavar="NAME", help=_DIALECT_NAMES)],
    db: Annotated[str, typer.Option(metavar="DB", help=_DATABASE)] = "flights",
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=1, help="Pairs to keep.")] = 500,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same pairs.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default runs/DIALECT-DB-SEED.")] = None,
    generator: Annotated[str, typer.Option(metavar="MODEL", help=f"The model that writes. {_MODELS}")] = "grammar",
    critic: Annotated[str, typer.Option(metavar="MODEL", help="The model that judges.")] = "grammar",
    paraphrase: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A model to say each question in other words.")
    ] = None,
    corpus: Corpus = None,
    seeds: Annotated[Path | None, typer.Option(metavar="FILE", help="Queries on shop (.sql) or Spider JSON.")] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that execute SQL.")] = 2,
    max_repairs: Annotated[int, typer.Option(metavar="N", min=0, help="Tries to repair a query.")] = 3,
    evaluation: Annotated[bool, typer.Option("--evaluation", help="Mark the database as one for evaluation.")] = False,
    base_url: BaseUrl = None,
    in_flight: InFlight = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    no_cache: NoCache = False,
    schema_tokens: SchemaTokens = _SCHEMA_TOKENS,
    reply_tokens: ReplyTokens = _REPLY_TOKENS,
    timeout: Timeout = _TIMEOUT,
    json: Json = False,
) -> None:
    """Build verified pairs; the same command goes on where a stopped run was left."""
    from isogloss.graphs import build as building
    from isogloss.graphs.run_models import ModelSettings
    from isogloss.graphs.summary_view import show_summary
    from isogloss.graphs.watching import watched

    settings = ModelSettings(
        base_url, in_flight, max_cost, max_tokens, not no_cache, schema_tokens, reply_tokens, timeout
    )
    config = building.BuildConfig(
        dialect,
        db,
        n,
        seed,
        out,
        generator,
        critic,
        corpus,
        seeds,
        workers,
        max_repairs,
        evaluation,
        paraphrase,
        settings,
    )
    with watched(config) as watcher:
        summary = building.build(config, watcher)
    _show(json, summary, lambda console: show_summary(console, summary, watcher.progress.new))
    if summary.failure:
        raise summary.failure


@corpus_app.command("list")
def corpus_list(
    dialect: Annotated[str | None, typer.Argument(help="Only of this one.")] = None, json: Json = False
) -> None:
    """List the corpora of every dialect."""
    from isogloss.graphs.corpora import corpus_rows
    from isogloss.graphs.corpus_view import show_corpora

    rows = corpus_rows(dialect)
    _show(json, rows, lambda console: show_corpora(console, rows))


@corpus_app.command("add")
def corpus_add(
    dialect: Dialect,
    name: Annotated[str, typer.Argument(help="What to call the corpus.")],
    paths: Annotated[list[Path], typer.Argument(help="Tutorial files, or folders of them.")],
) -> None:
    """Import tutorials as a corpus; one of that name is replaced."""
    from isogloss.graphs.console import console
    from isogloss.graphs.corpus_view import show_import
    from isogloss.knowledge.corpus import add_corpus

    show_import(console(), add_corpus(dialect, name, paths, progress=lambda page: print(page, file=sys.stderr)))


@corpus_app.command("use")
def corpus_use(
    dialect: Dialect, name: Annotated[str, typer.Argument(help="A corpus of 'isogloss corpus list'.")]
) -> None:
    """Choose the corpus that a dialect is taught from."""
    from isogloss.knowledge.corpus import use_corpus

    use_corpus(dialect, name)
    print(f"{dialect} is taught from {name} from now on.")


@corpus_app.command("search")
def corpus_search(
    dialect: Dialect,
    query: Annotated[str, typer.Argument(help="A construct, an error message, any words.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many snippets.")] = 4,
    corpus: Corpus = None,
    json: Json = False,
) -> None:
    """Show what is retrieved for a query."""
    from isogloss.graphs.corpora import search
    from isogloss.graphs.corpus_view import show_hits

    hits = search(dialect, query, k, corpus)
    _show(json, hits, lambda console: show_hits(console, hits))


@corpus_app.command("verify")
def corpus_verify(dialect: Dialect, corpus: Corpus = None) -> None:
    """Execute every example of a corpus; the exit code is 1 if one fails."""
    from isogloss.graphs.console import console
    from isogloss.graphs.corpora import verify
    from isogloss.graphs.corpus_view import show_verification

    with closing(verify(dialect, corpus)) as results:
        if not show_verification(console(), results):
            raise typer.Exit(1)


@trace_app.command("list")
def trace_list(
    run: Run = None,
    status: Annotated[Literal["kept", "rejected"] | None, typer.Option(help="Only items that ended so.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only items with this in their reason.")] = None,
    repaired: Annotated[bool, typer.Option("--repaired", help="Only repaired items.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, counted from the latest.")] = 20,
    json: Json = False,
) -> None:
    """List the items of a run."""
    from isogloss.graphs.run_catalog import find_run
    from isogloss.graphs.trace_query import list_items
    from isogloss.graphs.trace_view import show_items

    items = list_items(find_run(run), status, reason, repaired, limit)
    _show(json, items, lambda console: show_items(console, items))


@trace_app.command("show")
def trace_show(item: RunItem, json: Json = False) -> None:
    """Print all that happened to an item."""
    from isogloss.graphs.run_catalog import find_item
    from isogloss.graphs.trace_query import read_story
    from isogloss.graphs.trace_view import show_story

    story = read_story(*find_item(item))
    _show(json, story, lambda console: show_story(console, story))


@trace_app.command("step")
def trace_step(item: RunItem) -> None:
    """Step through what happened to an item, key by key; ? shows the keys."""
    from isogloss.graphs.console import console
    from isogloss.graphs.run_catalog import find_item
    from isogloss.graphs.stepper import step_through
    from isogloss.graphs.trace_query import read_story

    step_through(console(), read_story(*find_item(item)))


@dataset_app.command("show")
def dataset_show(
    run: Run = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="How many pairs.")] = 5,
    random: Annotated[bool, typer.Option("--random", help="Any pairs, not the first.")] = False,
    seed: Annotated[int, typer.Option(help="Which random pairs.")] = 0,
    json: Json = False,
) -> None:
    """Show pairs."""
    from isogloss.graphs.dataset import sample_pairs
    from isogloss.graphs.dataset_view import show_pairs
    from isogloss.graphs.run_catalog import find_run

    pairs = sample_pairs(find_run(run), n, seed if random else None)
    _show(json, pairs, lambda console: show_pairs(console, pairs))


@dataset_app.command("stats")
def dataset_stats(run: Run = None, json: Json = False) -> None:
    """Count what the pairs are made of."""
    from isogloss.graphs.dataset import dataset_statistics
    from isogloss.graphs.dataset_view import show_statistics
    from isogloss.graphs.run_catalog import find_run

    statistics = dataset_statistics(find_run(run))
    _show(json, statistics, lambda console: show_statistics(console, statistics))


@models_app.callback()
def models(context: typer.Context, json: Json = False) -> None:
    """List which models are ready, and how to get the others."""
    if context.invoked_subcommand:
        return
    from isogloss.agents.models_status import model_status
    from isogloss.graphs.models_view import show_models

    found = model_status()
    _show(json, found, lambda console: show_models(console, found))


@models_app.command("add")
def models_add(name: Annotated[str, typer.Argument(help="smollm2: a small model that needs no hub.")]) -> None:
    """Make a local model ready."""
    from isogloss.agents.models_status import add_model

    origin = add_model(name, lambda step: print(step, file=sys.stderr, flush=True))
    print(f"{name} is ready ({origin}): isogloss build --generator {name} …")


@critic_app.command("bench")
def critic_bench(
    critic: Annotated[str, typer.Option(metavar="MODEL", help=f"The judge. {_MODELS}")] = "grammar",
    pairs: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The run whose pairs to use; by default the latest.")
    ] = None,
    db: Annotated[str | None, typer.Option(metavar="DB", help="Its database, if it is none of the bundled.")] = None,
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=2, help="Pairs; half are changed.")] = 300,
    seed: Annotated[int, typer.Option(metavar="N", help="Which pairs, and what is changed.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that execute SQL.")] = 2,
    base_url: BaseUrl = None,
    in_flight: InFlight = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    no_cache: NoCache = False,
    schema_tokens: SchemaTokens = _SCHEMA_TOKENS,
    reply_tokens: ReplyTokens = _REPLY_TOKENS,
    timeout: Timeout = _TIMEOUT,
    json: Json = False,
) -> None:
    """Measure how well a model tells right pairs from wrong ones."""
    from isogloss.graphs.critic_bench import CriticBench, bench_critic
    from isogloss.graphs.critic_bench_view import BenchProgress, show_bench
    from isogloss.graphs.run_models import ModelSettings

    settings = ModelSettings(
        base_url, in_flight, max_cost, max_tokens, not no_cache, schema_tokens, reply_tokens, timeout
    )
    report = bench_critic(CriticBench(critic, pairs, db, n, seed, workers, settings), BenchProgress(sys.stderr))
    _show(json, report, lambda console: show_bench(console, report))


@prompt_app.command("list")
def prompt_list(json: Json = False) -> None:
    """List the prompts with their versions, and where your own would be."""
    from isogloss.graphs.prompts_view import prompt_rows, show_prompts

    rows = prompt_rows()
    _show(json, rows, lambda console: show_prompts(console, rows))


@prompt_app.command("show")
def prompt_show(name: Annotated[str, typer.Argument(help="A prompt of 'isogloss prompt list'.")]) -> None:
    """Print a prompt as it is."""
    from isogloss.agents.prompting import prompt_text

    print(prompt_text(name), end="")


@prompt_app.command("copy")
def prompt_copy(name: Annotated[str, typer.Argument(help="A prompt of 'isogloss prompt list'.")]) -> None:
    """Copy a prompt to a file of your own, which is used in its place from then on."""
    from isogloss.agents.prompting import copy_prompt

    print(f"Edit {copy_prompt(name)}, or delete it to use the built-in prompt.")


@app.command("exec")
def execute(
    db: Annotated[str, typer.Argument(metavar="DB", help=_DATABASE)],
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One query; @FILE reads a file, - standard input.")],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=_DIALECT_NAMES)],
    seconds: Annotated[float, typer.Option(min=0.01, metavar="S", help="The time limit.")] = 10.0,
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="More rows than this are too large.")] = 10_000,
    json: Json = False,
) -> None:
    """Run one query in the sandbox; the exit code is 1 if it does not run."""
    from isogloss.graphs.execution_view import execution_record, show_execution
    from isogloss.tools.engines import open_engine
    from isogloss.tools.outcome import Limits, Outcome

    query = _text(sql)
    with open_engine(dialect, db, workers=1, limits=Limits(seconds=seconds, rows=rows)) as engine:
        execution = engine.execute(query)
    record = execution_record(execution, engine.version, engine.stand_in)
    _show(json, record, lambda console: show_execution(console, execution, engine.version))
    raise typer.Exit(execution.outcome is not Outcome.RUNS)


@app.command()
def compare(
    db: Annotated[str, typer.Argument(metavar="DB", help=_DATABASE)],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=_DIALECT_NAMES)],
    gold: Annotated[str, typer.Option(metavar="SQL", help="The query that is right; @FILE reads a file.")],
    predicted: Annotated[str, typer.Option(metavar="SQL", help="The query to judge; @FILE reads a file.")],
    predicted_dialect: Annotated[
        str | None, typer.Option(metavar="NAME", help="The prediction's dialect, if it is another.")
    ] = None,
    json: Json = False,
) -> None:
    """Compare what two queries return; the exit code is 1 unless they match."""
    from isogloss.graphs.compare_view import comparison_record, show_comparison
    from isogloss.tools.engines import open_engine
    from isogloss.tools.outcome import Outcome
    from isogloss.tools.query_comparison import compare_queries

    queries = _text(gold), _text(predicted)
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(dialect, db, workers=1))
        other = open_engine(predicted_dialect, db, workers=1) if predicted_dialect else None
        comparison = compare_queries(engine, *queries, apart=other and stack.enter_context(other))
    record = comparison_record(comparison, engine.version, engine.stand_in)
    _show(json, record, lambda console: show_comparison(console, comparison, engine.version))
    raise typer.Exit(comparison.outcome is not Outcome.MATCH)


@app.command()
def load(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A file, folder, .sql script, URL or bundled database.")
    ],
    into: Annotated[str, typer.Option(metavar="PLACE", help="A dialect, a new .sqlite or .duckdb file, or a URL.")],
    dialect: Annotated[str | None, typer.Option(metavar="NAME", help="Of a script, if not that of the copy.")] = None,
    json: Json = False,
) -> None:
    """Copy a database, typed, into an engine and compare both; the exit code is 1 if they differ."""
    from isogloss.graphs import load as loading
    from isogloss.graphs.load_view import show_load

    report = loading.load(source, into, dialect, lambda stage: print(stage, "…", file=sys.stderr, flush=True))
    _show(json, report, lambda console: show_load(console, report))
    raise typer.Exit(not report.equal)


@app.command()
def doctor(
    model: Annotated[list[str] | None, typer.Option(metavar="MODEL", help="Ask this model too.")] = None,
    base_url: BaseUrl = None,
    json: Json = False,
) -> None:
    """Check what works on this machine, and say how to mend the rest."""
    from isogloss.graphs.doctor import diagnose
    from isogloss.graphs.doctor_view import show_checks

    checks = diagnose(model or [], base_url, lambda step: print(step, "…", file=sys.stderr, flush=True))
    _show(json, checks, lambda console: show_checks(console, checks))


@app.command()
def version() -> None:
    """Print the version."""
    print(f"isogloss {__version__}")


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Build execution-verified text-to-SQL data for any SQL dialect."""


def _text(argument: str) -> str:
    """Return what an argument says: itself, the file after ``@``, or standard input for ``-``."""
    if argument == "-":
        return sys.stdin.read()
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{argument[1:]} cannot be read: {error}.") from error


def _show(json: bool, value: Any, view: Callable[["Console"], None]) -> None:
    """Print ``value`` as JSON, or let ``view`` show it."""
    from isogloss.graphs.console import as_json, console

    print(as_json(value)) if json else view(console())


def main() -> None:
    """Run the command line: bad input ends it with one sentence and exit code 2, what fails on our side with 1."""
    logging.basicConfig(level=logging.WARNING)  # before a library chooses to tell more
    try:
        app()
    except IsoglossError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
