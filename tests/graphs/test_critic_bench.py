"""The critic's yardstick: certain labels, the build's own way of asking, honest counts."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.budget import BudgetSpent
from isogloss.agents.prices import own_prices
from isogloss.agents.prompting import copy_prompt, read_sections
from isogloss.agents.scripted import ScriptedModel
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.console import PLAIN_TEXT
from isogloss.graphs.critic_bench import CriticBench, bench_critic, measure
from isogloss.graphs.critic_bench_view import BenchProgress, show_bench
from isogloss.graphs.critic_report import BenchReport
from isogloss.graphs.critic_set import Sample, labelled_set
from isogloss.graphs.dataset import read_pairs
from isogloss.graphs.run_directory import ItemResult, Totals
from isogloss.graphs.run_models import ModelSettings, Voice
from isogloss.tools.compare import Label
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import Outcome
from isogloss.tools.query_comparison import compare_queries
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from rich.console import Console

from ..openai_server import ChatServer, call

AGREE = ("GiveVerdict", {"agree": True, "reason": "fine", "problem": "none"})
REFUSE = ("GiveVerdict", {"agree": False, "reason": "no", "problem": "wrong_column"})
N = 12
_DELAY = 0.3  # seconds that a server takes


class Nobody:
    """An observer that looks away."""

    def on_stage(self, name: str) -> None: ...
    def on_item(self, result: ItemResult, totals: Totals) -> None: ...
    def on_sql(self, sql: str) -> None: ...
    def on_progress(self, done: int, of: int) -> None: ...


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.mktemp("home")))
        path = tmp_path_factory.mktemp("runs") / "shop"
        build(BuildConfig("sqlite", "shop", 16, out=path), Nobody())
        yield path


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("sqlite", "shop", workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def samples(run: Path, engine: Engine) -> list[Sample]:
    return labelled_set(engine, list(read_pairs(run)), N, 0, lambda done: None)


def bench(run: Path, n: int = N) -> CriticBench:
    return CriticBench("scripted", run, n=n, workers=1, models=ModelSettings(in_flight=1))


def measured(run: Path, replies: list[tuple[str, dict[str, Any]]]) -> tuple[BenchReport, ScriptedModel]:
    model = ScriptedModel()
    for reply in replies:
        model.enqueue(reply)
    return measure(Voice(model), bench(run), Nobody()), model


def shown(report: BenchReport) -> str:
    output = io.StringIO()
    show_bench(Console(file=output, width=120, **PLAIN_TEXT), report)
    return output.getvalue()


def test_labels_are_certain(run: Path, engine: Engine, samples: list[Sample]) -> None:
    assert [s.mutation is not None for s in samples] == [False, True] * (N // 2)
    questions = {p["id"]: (p["question"], p["sql"]) for p in read_pairs(run)}
    with engine.apart() as apart:
        for sample in samples:
            assert (sample.question, sample.original) == questions[sample.pair]
            found = compare_queries(engine, sample.original, sample.sql, apart=apart)
            assert found.label is Label.MISMATCH if sample.mutation else found.outcome is Outcome.MATCH
            assert sample.rows == [list(row) for row in found.predicted.rows[:5]] != []


def test_kinds_of_change_are_spread(samples: list[Sample]) -> None:
    assert len({s.mutation for s in samples if s.mutation}) >= N // 2 - 1


def test_the_seed_decides_the_set(run: Path, engine: Engine, samples: list[Sample]) -> None:
    pairs = list(read_pairs(run))
    assert labelled_set(engine, pairs, N, 0, lambda done: None) == samples
    assert labelled_set(engine, pairs, N, 1, lambda done: None) != samples


def test_a_perfect_critic_scores_in_full(run: Path, samples: list[Sample]) -> None:
    report, model = measured(run, [REFUSE if s.mutation else AGREE for s in samples])
    assert (report.right, report.wrong, report.no_verdict, report.judged_before) == (N // 2, N // 2, 0, False)
    assert (report.critic.precision.value, report.critic.recall.value, report.critic.f1) == (1, 1, 1)
    assert sum(m.critic.part for m in report.mutations) == N // 2
    asked = [read_sections(str(messages[-1].content)) for messages in model.seen]
    assert [(a["question"], a["sql"]) for a in asked] == [(s.question, s.sql) for s in samples]
    assert all("CREATE TABLE" in a["schema"] and "e.g." in a["schema"] for a in asked)


def test_a_critic_that_agrees_with_all_catches_nothing(run: Path) -> None:
    report, _ = measured(run, [AGREE] * N)
    assert (report.critic.recall.part, report.critic.precision.value, report.critic.accuracy.part) == (0, None, N // 2)
    assert report.both.recall.part == report.checks.recall.part


def test_replies_without_a_verdict_are_mistakes(run: Path) -> None:
    malformed, gave_up = ("GiveVerdict", {"agree": "perhaps"}), ("GiveUp", {"reason": "no idea"})
    report, _ = measured(run, [malformed, malformed, gave_up, *[AGREE] * (N - 2)])
    assert report.no_verdict == 2
    assert (report.critic.false_alarms.part, report.critic.recall.part) == (1, 0)


def test_every_judgement_is_kept(run: Path) -> None:
    report, _ = measured(run, [AGREE] * N)
    record = json.loads(Path(report.file).read_text())
    assert record["about"]["critic"] == "scripted"
    assert [j["agree"] for j in record["judgements"]] == [True] * N
    assert {j["sample"]["mutation"] for j in record["judgements"]} >= {m["mutation"] for m in record["mutations"]}


class Spending(ScriptedModel):
    """Runs out of money after its replies."""

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        try:
            return super()._generate(messages, *args, **kwargs)
        except IndexError:
            raise BudgetSpent("The limit is reached.") from None


def test_what_was_judged_before_a_stop_is_reported(run: Path) -> None:
    model = Spending()
    for _ in range(4):
        model.enqueue(AGREE)
    report = measure(Voice(model), bench(run), Nobody())
    assert (report.right, report.wrong, report.stopped) == (2, 2, "The limit is reached.")
    with pytest.raises(BudgetSpent):
        measure(Voice(Spending()), bench(run), Nobody())


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running


def test_a_limit_begins_with_few_calls(run: Path, server: ChatServer) -> None:
    server.answer = lambda _: call(*AGREE, delay=_DELAY)
    limited = ModelSettings(server.url, max_tokens=1_000_000, cache=False)
    report = bench_critic(replace(bench(run), critic="openai:x", models=limited), Nobody())
    assert len(server.requests) == N
    assert sum(moment < server.arrivals[0] + _DELAY for moment in server.arrivals) <= 4 < server.most_at_once
    assert _DELAY < report.seconds < N * _DELAY  # as by the clock, though each call took that long


def test_verdicts_from_the_cache_have_no_price(run: Path, server: ChatServer) -> None:
    server.answer = lambda _: call(*AGREE)
    asked = replace(bench(run, n=8), critic="openai:gpt-4.1", models=ModelSettings(server.url, in_flight=1))
    price = "openai:gpt-4.1\t2.00\t8.00\n"
    own_prices().write_text(f"model\tinput\toutput\n{price}", encoding="utf-8")
    assert "\nper 1,000 verdicts: 120,000 tokens, $0.36, " in shown(bench_critic(asked, Nobody()))
    assert "\n8 of 8 verdicts from the cache\n" in shown(bench_critic(asked, Nobody()))
    some = shown(bench_critic(replace(asked, n=N), Nobody()))
    assert "\n8 of 12 verdicts from the cache; per 1,000 others: 120,000 tokens, $0.36, " in some
    assert len(server.requests) == N


def test_another_prompt_has_another_report(run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundled, _ = measured(run, [AGREE] * N)
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    copy_prompt("critique").write_text("Judge.", encoding="utf-8")
    own, _ = measured(run, [AGREE] * N)
    assert bundled.file != own.file
    assert Path(bundled.file).is_file()


def test_the_rule_critic_is_measured_on_its_own_pairs(run: Path) -> None:
    report = bench_critic(replace(bench(run), critic="grammar"), Nobody())
    assert report.judged_before
    assert report.critic.false_alarms.part == report.checks.false_alarms.part == 0
    assert report.critic.recall.part + report.checks.recall.part > 0
    assert "grammar on 6 right and 6 changed pairs" in shown(report)
    assert "kept by this very critic" in shown(report)
    assert "per 1,000 verdicts: 0 tokens, $0.00" in shown(report)


def test_bad_input_is_one_sentence(run: Path, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"config": {}}')
    (tmp_path / "pairs.jsonl").write_text("")
    for wrong in (
        replace(bench(run), critic="oracle-of-delphi"),
        replace(bench(run), critic="grammar", pairs=tmp_path / "absent"),
        replace(bench(run), critic="grammar", pairs=tmp_path),
        replace(bench(run), critic="grammar", db="flights"),
        replace(bench(run), critic="grammar", db="nowhere"),
    ):
        with pytest.raises(UsageError) as caught:
            bench_critic(wrong, Nobody())
        assert "\n" not in str(caught.value)


def test_progress_is_told_in_tenths() -> None:
    output = io.StringIO()
    progress = BenchProgress(output)
    progress.on_stage("ask")
    for done in range(1, 101):
        progress.on_progress(done, 100)
    assert output.getvalue().splitlines() == ["ask …", *(f"{done}/100" for done in range(10, 101, 10))]
