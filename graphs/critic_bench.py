"""The critic's yardstick: how well a model tells pairs whose query was changed from those whose was not."""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..agents.asking import Answer, spoken
from ..agents.budget import RunStopped, Usage
from ..agents.prompting import prompt_hash, read_prompts_anew
from ..agents.replies import GiveVerdict
from ..agents.requests import critique_request
from ..agents.schema_excerpt import SchemaText
from ..tools.engines import Engine, open_engine
from ..tools.errors import UsageError
from ..tools.outcome import Limits
from ..tools.sources import open_source
from .checks import failed_check
from .cleaning import Cleaner
from .critic_report import BenchReport, Judgement, bench_report, write_report
from .critic_set import Sample, labelled_set
from .dataset import Pair, read_pairs
from .run_catalog import find_run
from .run_files import read_record
from .run_models import FEW, ModelSettings, Voice, in_flight, load_models, open_budget, open_voices, with_models
from .workbench import schema_text

_SECONDS = 5.0  # per statement, as in a build
_SHOWN_REPLY = 2000  # characters of a reply without a verdict


@dataclass(frozen=True, slots=True)
class CriticBench:
    """What to measure: the model ``critic`` on ``n`` pairs of the run ``pairs``, by default the latest.

    ``db`` is needed only where the run's database is none of the bundled ones.
    """

    critic: str
    pairs: Path | None = None
    db: str | None = None
    n: int = 300
    seed: int = 0
    workers: int = 2
    models: ModelSettings = field(default_factory=ModelSettings)


class Watcher(Protocol):
    """Whoever watches a measurement."""

    def on_stage(self, name: str) -> None:
        """A stage begins."""

    def on_progress(self, done: int, of: int) -> None:
        """So many of the stage's samples are done."""


def bench_critic(bench: CriticBench, watcher: Watcher) -> BenchReport:
    """Judge labelled pairs of a run with a model and score it; the report is kept beside the run.

    Raises ``UsageError`` for a run, database or model that will not do, ``RunStopped`` if the model never answers.
    """
    models = load_models({bench.critic}, bench.models)
    with open_voices(models, bench.models, open_budget(bench.models, Usage())) as voices:
        return measure(voices[bench.critic], bench, watcher)


def measure(critic: Voice, bench: CriticBench, watcher: Watcher) -> BenchReport:
    """Measure ``critic``, whatever model it is; see `bench_critic`."""
    read_prompts_anew()
    run = find_run(bench.pairs)
    pairs = list(read_pairs(run))
    db = _database(bench, run, pairs)
    watcher.on_stage("load database")
    with open_engine(pairs[0]["dialect"], db, workers=bench.workers, limits=Limits(seconds=_SECONDS)) as engine:
        watcher.on_stage("change queries")
        samples = labelled_set(engine, pairs, bench.n, bench.seed, lambda done: watcher.on_progress(done, bench.n))
        if not any(s.mutation for s in samples):
            raise UsageError(f"No pair of {run} can be changed so that its rows differ: name a run with more pairs.")
        watcher.on_stage(f"ask {bench.critic}")
        tokens = None if bench.critic == "grammar" else bench.models.schema_tokens
        bar = _Bar(critic, engine, schema_text(engine, tokens), watcher)
        at_once = in_flight(bench.models, {bench.critic})
        judging = bar.judge_all(samples, at_once, min(FEW, at_once) if bench.models.limited else at_once)
        began = time.monotonic()
        judged = asyncio.run(with_models([critic.model], judging))
        seconds = round(time.monotonic() - began, 2)
        about = _about(bench, run, pairs[0], engine)
    kept_by_it = any(pair.get("critic") == bench.critic for pair in pairs)
    report = bench_report(about, judged, kept_by_it, bar.stopped, seconds, _file(bench, run))
    write_report(report, judged)
    return report


def _database(bench: CriticBench, run: Path, pairs: Sequence[Pair]) -> str:
    """Return how to open the run's database, seen to be the one that its pairs were verified on."""
    if not pairs:
        raise UsageError(f"{run} has no pairs: build some first, or name another run.")
    db = bench.db or str(pairs[0]["database"])
    with closing(open_source(db, pairs[0]["dialect"])) as source:
        found = source.fingerprint
    record = read_record(run / "run.json")
    if record is not None and record["config"].get("database") != found:
        raise UsageError(f"{Cleaner().text(db)} is not the database of {run}, or has changed since: name it with --db.")
    return db


def _about(bench: CriticBench, run: Path, pair: Pair, engine: Engine) -> dict[str, Any]:
    return {
        "critic": bench.critic,
        "prompt": prompt_hash("critique"),
        "run": str(run),
        "seed": bench.seed,
        "dialect": engine.dialect,
        "database": pair["database"],
        "engine": engine.version,
    }


def _file(bench: CriticBench, run: Path) -> Path:
    """Return where the report goes: a critic asked otherwise, with another prompt, is another critic."""
    critic = re.sub(r"[^A-Za-z0-9.]+", "-", bench.critic)
    return run / f"critic-{critic}-{bench.n}-{bench.seed}-{prompt_hash('critique')[:6]}.json"


class _Bar:
    """Where samples are judged: by the checks, and by the critic as the build graph asks it."""

    def __init__(self, critic: Voice, engine: Engine, schema: SchemaText, watcher: Watcher) -> None:
        self._critic, self._has_cache = critic.agent(GiveVerdict), critic.channel is not None
        self._engine, self._schema, self._watcher = engine, schema, watcher
        self.stopped: str | None = None

    async def judge_all(self, samples: Sequence[Sample], at_once: int, at_first: int) -> list[Judgement]:
        """Judge ``at_once`` samples at a time, ``at_first`` until the model has answered for the first time.

        Those that no call has a chance for any more are left out. Raises ``RunStopped`` if that is so from the first
        one on.
        """
        places, withheld, judged = asyncio.Semaphore(at_first), at_once - at_first, 0

        async def judge(sample: Sample) -> Judgement | RunStopped:
            nonlocal judged, withheld
            async with places:
                try:
                    judgement = await self._judge(sample)
                except RunStopped as stop:
                    self.stopped = str(stop)
                    return stop
            while withheld and judgement.usage.tokens:  # of a reply from the cache the budget learns no length
                withheld -= 1
                places.release()
            judged += 1
            self._watcher.on_progress(judged, len(samples))
            return judgement

        found = await asyncio.gather(*map(judge, samples))
        judgements = [each for each in found if isinstance(each, Judgement)]
        if not judgements and isinstance(found[0], RunStopped):
            raise found[0]
        return judgements

    async def _judge(self, sample: Sample) -> Judgement:
        sql, question = sample.sql, sample.question
        check = failed_check({"sql": sql, "question": question, "keywords": sample.keywords}, self._engine)
        began = time.monotonic()
        schema = self._schema.about(f"{sql} {question}")
        answer = await self._critic.ask(critique_request(self._engine.dialect, question, sql, sample.rows, schema))
        seconds = round(time.monotonic() - began, 3)
        from_cache = self._has_cache and not answer.usage.tokens and bool(spoken(answer.message))
        return Judgement(sample, check, *_verdict(answer), seconds, answer.usage, from_cache)


def _verdict(answer: Answer) -> tuple[bool | None, str, str]:
    """Return whether the critic agrees (None without a verdict), its problem class and its reason."""
    if isinstance(answer.reply, GiveVerdict):
        return answer.reply.agree, answer.reply.problem, answer.reply.reason
    return None, answer.problem or "gave up", spoken(answer.message)[:_SHOWN_REPLY]
