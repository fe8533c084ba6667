"""Two builds from two corpora, side by side."""

import io
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from isogloss.cli import app
from isogloss.graphs.build import BuildConfig
from isogloss.graphs.console import PLAIN_TEXT
from isogloss.graphs.tracing.query import rejections
from isogloss.graphs.versus import Versus
from isogloss.graphs.versus_build import build_versus, directory
from isogloss.graphs.versus_view import show_versus
from isogloss.knowledge.corpus import add_corpus
from isogloss.tools.differences import Difference
from isogloss.tools.errors import UsageError
from rich.console import Console
from typer.testing import CliRunner

from .observers import Nobody

PAGE = """## Upper case with UPPER
```sql
SELECT upper(name) AS shouted FROM products;
```

Keywords: UPPER
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> BuildConfig:
    folder = tmp_path_factory.mktemp("versus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(folder / "home"))
        page = folder / "page.md"
        page.write_text(PAGE, encoding="utf-8")
        add_corpus("sqlite", "mine", [page], lambda *_: None)
    return BuildConfig("sqlite", "shop", 25, out=folder / "runs")


@pytest.fixture(autouse=True)
def home(config: BuildConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.out is not None
    monkeypatch.setenv("ISOGLOSS_HOME", str(config.out.parent / "home"))


@pytest.fixture(scope="module")
def found(config: BuildConfig) -> Versus:
    assert config.out is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(config.out.parent / "home"))
        return build_versus(config, "mine", lambda _: nullcontext(Nobody()))


def test_both_runs_stand_side_by_side_and_the_counts_are_theirs(found: Versus) -> None:
    assert (found.corpora, found.dialect) == (("builtin", "mine"), "sqlite")
    kept = found.measures[0]
    for share, run in zip((kept.first, kept.second), found.runs, strict=True):
        assert share.part == len((run / "pairs.jsonl").read_text().splitlines()) == 25
    for side, run in enumerate(found.runs):
        counted = {each.name: (each.first, each.second)[side].part for each in found.reasons}
        assert {reason: count for reason, count in counted.items() if count} == rejections(run)
    own = found.constructs
    assert own.pairs == 25
    assert own.first - len(own.only_first) == own.second - len(own.only_second)


def test_what_a_small_corpus_lacks_is_told(found: Versus) -> None:
    assert len(found.constructs.only_first) > len(found.constructs.only_second)
    output = io.StringIO()
    show_versus(Console(file=output, width=80, **PLAIN_TEXT), found)
    text = output.getvalue()
    assert max(map(len, text.splitlines())) <= 80 + len(str(found.runs[1]))  # paths may be longer than a line
    for said in ("items kept", "only with builtin", "can be told from chance", str(found.runs[0])):
        assert said in text


def test_what_is_learnt_decides_before_what_is_kept(found: Versus) -> None:
    def advice(chance: float, kept_told: bool) -> str:
        kept = replace(found.measures[0], told=kept_told, difference=Difference(0.2, 0.1, 0.3))
        constructs = replace(found.constructs, first=9, second=3, chance=chance)
        output = io.StringIO()
        told = replace(found, measures=(kept, *found.measures[1:]), constructs=constructs)
        show_versus(Console(file=output, width=80, **PLAIN_TEXT), told)
        return output.getvalue().rstrip().rpartition("\n")[2]

    assert advice(0.001, True) == "isogloss corpus use sqlite builtin"
    assert advice(0.5, True) == "isogloss corpus use sqlite mine"
    assert advice(0.5, False).startswith("isogloss corpus why")


def test_it_goes_on_where_it_was_left(config: BuildConfig, found: Versus) -> None:
    before = [(run / "pairs.jsonl").read_text() for run in found.runs]
    again = build_versus(replace(config, n=27), "mine", lambda _: nullcontext(Nobody()))
    for run, pairs in zip(again.runs, before, strict=True):
        now = (run / "pairs.jsonl").read_text()
        assert now.startswith(pairs)
        assert len(now.splitlines()) == 27


def test_the_same_corpus_twice_is_refused_before_anything_is_built(config: BuildConfig, tmp_path: Path) -> None:
    for other in ("builtin", "absent"):
        with pytest.raises(UsageError):
            build_versus(replace(config, out=tmp_path / "runs"), other, lambda _: nullcontext(Nobody()))
    assert not (tmp_path / "runs").exists()


def test_the_command_prints_json(config: BuildConfig, found: Versus) -> None:
    options = [
        "--dialect",
        "sqlite",
        "--db",
        "shop",
        "--n",
        "12",
        "--out",
        str(config.out),
        "--versus",
        "mine",
        "--json",
    ]
    done = CliRunner().invoke(app, ["build", *options])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["corpora"] == ["builtin", "mine"]
    assert told["measures"][0]["name"] == "items kept"
    assert isinstance(told["measures"][0]["told"], bool)


def test_without_a_place_the_runs_are_named_for_their_corpora() -> None:
    config = BuildConfig("sqlite", "shop", seed=3)
    assert directory(config, "mine") == Path("runs/sqlite-shop-3-mine")
