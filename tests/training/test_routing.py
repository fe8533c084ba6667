"""The routing report: what it records against what the blocks compute, its algebra, and the command."""

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from isogloss.tools.errors import UsageError
from isogloss.training.examples import write_examples
from isogloss.training.routing.own_expert import own_experts
from isogloss.training.routing.report import RoutingReport, routing_by_part
from isogloss.training.routing.tally import PARTS, Tally, total
from rich.console import Console

from ..command_line import isogloss

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("datasets", reason="datasets is not installed")

import torch
from isogloss.graphs.routing_view import show_routing
from isogloss.training.checkpoints.checkpoint import open_checkpoint
from isogloss.training.checkpoints.lineage import carry_over
from isogloss.training.finetuning.tokens import Lesson
from isogloss.training.routing.mixture_folder import open_mixture
from isogloss.training.routing.recording import overheard, record, routers
from isogloss.training.routing.reporting import RoutingConfig, report_routing

from .tiny_checkpoints import save_checkpoint
from .tiny_mixtures import FAMILIES, LETTERS, examples, load, route_by_letter, save_mixture

LESSONS = [Lesson(list(range(n, 3 * n)), list(range(50, 50 + m))) for n, m in ((2, 3), (9, 1), (5, 5))]
ROUNDING = 1e-9


def quiet(done: int, of: int) -> None:
    """Watch nothing."""


@pytest.fixture(scope="module", params=FAMILIES)
def random_mixture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load(save_mixture(tmp_path_factory.mktemp(request.param) / "m", request.param, top_k=2))


@pytest.fixture(scope="module")
def sorting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a mixture that sends each dialect's letter to the dialect's expert, and two of examples."""
    place = tmp_path_factory.mktemp("sorting")
    model = load(save_mixture(place / "m"))
    route_by_letter(model)
    model.save_pretrained(place / "m")
    write_examples(place / "data.jsonl", examples())
    write_examples(place / "other.jsonl", examples(["oracle"]))
    return place


def test_the_picks_are_those_that_the_blocks_compute_and_their_experts_get(random_mixture: Any) -> None:
    for lesson, tally in zip(LESSONS, record(random_mixture, LESSONS, quiet, batch=3), strict=True):
        expected = counted_by_hand(random_mixture, lesson)
        assert (tally.picks == expected.picks).all()
        assert tally.tokens.tolist() == expected.tokens.tolist()
        for sums in ("weights", "probabilities", "entropies"):
            assert np.allclose(getattr(tally, sums), getattr(expected, sums), atol=1e-4)


def counted_by_hand(model: Any, lesson: Lesson) -> Tally:
    """Count, token by token, with which experts and weights the blocks call them, and compute the probabilities."""
    layers, given = model.base_model.layers, []
    hooks = [each.mlp.experts.register_forward_pre_hook(lambda _, call: given.append(call)) for each in layers]
    with torch.no_grad():
        model(torch.tensor([lesson.prompt + lesson.completion]))
    for hook in hooks:
        hook.remove()
    picks, weights, probabilities, entropies = (np.zeros((2, 3, *experts)) for experts in ((3,), (3,), (3,), ()))
    for number, (states, chosen, weighed) in enumerate(given):
        softmax = (states @ layers[number].mlp.gate.weight.T).softmax(-1).detach()
        assert torch.equal(softmax.topk(2).indices, chosen)
        for token, part in enumerate([0] * len(lesson.prompt) + [1] * len(lesson.completion)):
            picks[part, number, chosen[token]] += 1
            weights[part, number, chosen[token]] += weighed[token].detach().numpy()
            probabilities[part, number] += softmax[token].numpy()
            entropies[part, number] -= float((softmax[token] * softmax[token].log()).sum())
    tokens = np.array([len(lesson.prompt), len(lesson.completion)], dtype=float)
    return Tally(tokens, picks, weights, probabilities, entropies)


def test_it_makes_no_difference_what_an_example_runs_with(random_mixture: Any) -> None:
    alone = record(random_mixture, LESSONS, quiet, batch=1)
    for one, other in zip(alone, record(random_mixture, LESSONS, quiet, batch=3), strict=True):
        assert (one.picks == other.picks).all()
        assert np.allclose(one.weights, other.weights, atol=1e-4)


def test_nothing_stays_hooked_to_the_model(random_mixture: Any) -> None:
    with pytest.raises(ZeroDivisionError), overheard(random_mixture):
        raise ZeroDivisionError
    assert all(not router._forward_hooks for router in routers(random_mixture).values())


@pytest.mark.parametrize("family", FAMILIES)
def test_routers_that_know_the_dialect_give_all_to_its_expert(tmp_path: Path, family: str) -> None:
    model = load(save_mixture(tmp_path / "m", family))
    route_by_letter(model)
    model.save_pretrained(tmp_path / "m")
    report = reported(tmp_path)
    for number, each in enumerate(report.dialects):
        prompt = each.parts["prompt"]
        assert prompt.picks == tuple(float(number == place) for place in range(3))
        assert prompt.weights == prompt.picks
        assert [layer.mean_entropy for layer in prompt.layers] == pytest.approx([0, 0, 0], abs=1e-6)
        assert [layer.entropy_of_mean for layer in prompt.layers] == pytest.approx([0, 0, 0], abs=1e-6)
    for own in (own for own in report.own if own.part == "prompt"):
        assert (own.share, own.others) == (1, 0)
        assert own.over_chance.low == own.over_chance.value == pytest.approx(2 / 3)
        assert own.over_others
        assert own.over_others.low == 1
    evenly = report.together["prompt"].layers[0]  # sure of each token, and the experts loaded alike
    assert evenly.entropy_of_mean == pytest.approx(1)
    assert evenly.mean_entropy == pytest.approx(0, abs=1e-6)


def test_a_router_that_knows_nothing_has_the_entropy_of_chance(tmp_path: Path) -> None:
    model = load(save_mixture(tmp_path / "m", top_k=2))
    with torch.no_grad():
        for router in routers(model).values():
            router.weight.zero_()
    model.save_pretrained(tmp_path / "m")
    for layer in reported(tmp_path).together["all"].layers:
        assert layer.entropy_of_mean == pytest.approx(1)
        assert layer.mean_entropy == pytest.approx(1)


def test_layers_without_experts_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    save_mixture(tmp_path / "m", "Qwen3Moe", mlp_only_layers=[1])
    assert [layer.layer for layer in reported(tmp_path).together["all"].layers] == [0, 2]


def reported(place: Path, **changed: Any) -> RoutingReport:
    """Report on the model ``m`` in a folder, with examples of all dialects unless there are some already."""
    if not (place / "data.jsonl").exists():
        write_examples(place / "data.jsonl", examples())
    given: dict[str, Any] = {"data": [place / "data.jsonl"], "out": place / "report", **changed}
    return report_routing(RoutingConfig(place / "m", **given), quiet)


def sums(*shape: int) -> st.SearchStrategy[Any]:
    return arrays.arrays(float, shape, elements=st.integers(1, 1000).map(float))


@st.composite
def tallies(draw: st.DrawFn, layers: int = 2, experts: int = 3) -> Tally:
    """Draw what some tokens could have given: of each layer the same number, its probabilities from 0 to 1."""
    tokens = draw(st.integers(1, 6))
    each = draw(sums(2, tokens, layers, experts))
    probabilities = each / each.sum(axis=-1, keepdims=True)
    entropies = -(probabilities * np.log(probabilities)).sum(axis=(1, 3))
    picks = (each == each.max(axis=-1, keepdims=True)).sum(axis=1).astype(float)
    return Tally(np.full(2, float(tokens)), picks, probabilities.sum(axis=1), probabilities.sum(axis=1), entropies)


@given(st.lists(tallies(), min_size=1, max_size=5))
def test_shares_are_parts_of_one_and_entropy_grows_by_mixing(given: list[Tally]) -> None:
    for routing in routing_by_part(total(given), [0, 1]).values():
        for shares in (routing.picks, routing.weights, *(each.picks for each in routing.layers)):
            assert math.fsum(shares) == pytest.approx(1)
        for layer in routing.layers:
            assert -ROUNDING <= layer.mean_entropy <= layer.entropy_of_mean + ROUNDING <= 1 + 2 * ROUNDING


@settings(max_examples=20, deadline=None)
@given(st.lists(tallies(), min_size=1, max_size=5), st.lists(tallies(), min_size=1, max_size=5), st.integers(0, 9))
def test_the_interval_is_drawn_from_the_seed_and_lies_about_the_difference(
    mine: list[Tally], others: list[Tally], seed: int
) -> None:
    by_dialect = {"sqlite": mine, "postgres": others}
    found = own_experts(by_dialect, ("sqlite", None, "mysql"), seed)
    assert found == own_experts(by_dialect, ("sqlite", None, "mysql"), seed)
    assert [each.part for each in found] == list(PARTS)
    for each in found:
        assert each.others is not None
        assert each.over_others
        assert each.over_others.value == pytest.approx(each.share - each.others)
        assert each.over_chance.value == pytest.approx(each.share - 1 / 3)
        assert -1 <= each.over_others.low <= each.over_others.high <= 1
        for over, fewest in ((each.over_chance, len(mine)), (each.over_others, min(len(mine), len(others)))):
            assert ((over.low, over.high) == (-1, 1)) == (fewest == 1)


def test_an_expert_that_is_merely_popular_is_no_more_than_chance_to_its_dialect() -> None:
    rng = np.random.default_rng(0)

    def drawn() -> Tally:  # all dialects send 60 % of what they have to the first expert
        picks = rng.multinomial(100, [0.6, 0.2, 0.2], size=(2, 2)).astype(float)
        return Tally(np.full(2, 100.0), picks, picks, picks, np.zeros((2, 2)))

    found = own_experts({name: [drawn() for _ in range(50)] for name in LETTERS}, tuple(LETTERS), 0)
    popular = next(each for each in found if (each.dialect, each.part) == ("sqlite", "all"))
    assert popular.over_chance.low > 0.2
    assert popular.over_others
    assert popular.over_others.low < 0 < popular.over_others.high


def test_the_interval_counts_examples_and_not_their_tokens() -> None:
    def example(first: float, tokens: int) -> Tally:
        picks = np.full((2, 1, 2), 0.5 * tokens) + tokens * np.array([first, -first])
        return Tally(np.full(2, float(tokens)), picks, picks, picks, np.zeros((2, 1)))

    def width(tokens: int) -> float:
        given = [example(0.5 if n % 2 else -0.5, tokens) for n in range(40)]
        over = own_experts({"sqlite": given}, ("sqlite", "mysql"), 0)[0].over_chance
        return over.high - over.low

    assert width(1000) == pytest.approx(width(1))
    assert width(1) == pytest.approx(2 * 1.96 * 0.5 / math.sqrt(40), rel=0.1)


def test_limits_are_by_dialect_drawn_by_the_seed_and_what_is_too_long_is_counted(sorting: Path, tmp_path: Path) -> None:
    report = reported(sorting, out=tmp_path / "a", limit=2)
    assert [(each.dialect, each.examples) for each in report.dialects] == [(name, 2) for name in LETTERS]
    tokens = {reported(sorting, out=tmp_path / f"s{n}", limit=2, seed=n).together["all"].tokens for n in (1, 2)}
    assert len(tokens | {report.together["all"].tokens}) > 1
    short = reported(sorting, out=tmp_path / "b", max_tokens=5)  # two letters, two more and the end
    assert [each.examples for each in short.dialects] == [1, 1, 1]
    assert short.too_long == {"sqlite": 3, "postgres": 3, "mysql": 3}


def test_a_repeated_example_counts_once(sorting: Path, tmp_path: Path) -> None:
    data = [sorting / "data.jsonl"] * 2
    assert reported(sorting, out=tmp_path / "a", data=data).dialects[0].examples == 4


def test_other_dialects_count_among_the_others(sorting: Path, tmp_path: Path) -> None:
    data = [sorting / "data.jsonl", sorting / "other.jsonl"]  # the letter of no dialect goes to the last expert
    report = reported(sorting, out=tmp_path / "a", data=data)
    assert [each.dialect for each in report.dialects] == [*LETTERS, "oracle"]
    mysql = next(each for each in report.own if (each.dialect, each.part) == ("mysql", "prompt"))
    assert mysql.others == pytest.approx(1 / 3)


def test_without_names_the_experts_are_numbers_and_nobodys(sorting: Path, tmp_path: Path) -> None:
    save_mixture(tmp_path / "m")
    (tmp_path / "m" / "mixture.json").unlink()
    report = reported(tmp_path)
    assert (report.labels, report.own) == (["0", "1", "2"], ())
    named = reported(tmp_path, out=tmp_path / "b", experts=["mysql", "mysql", "sqlite"])
    assert {each.dialect: round(3 * each.share + 3 * -(each.over_chance.value or 0)) for each in named.own} == {
        "mysql": 2,  # chance is two of three
        "sqlite": 1,
    }


BAD_DATA = [
    ({"experts": ["sqlite"]}, "--experts names 1 experts and"),
    ({"experts": ["sqlite", "db2", "mysql"]}, "unknown dialect 'db2'"),
    ({"data": ["other.jsonl"]}, "There is no example for sqlite or postgres or mysql"),
    ({"max_tokens": 2}, "There is no example of at most 2 tokens for sqlite"),
    ({"data": ["empty.jsonl"]}, "holds no examples"),
    ({"out": "m"}, "exists already"),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD_DATA)
def test_bad_input_is_refused_and_leaves_no_folder(
    sorting: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], sentence: str
) -> None:
    monkeypatch.chdir(sorting)
    Path("empty.jsonl").write_text("")
    if "data" in changed:
        changed = {"data": [Path(name) for name in changed["data"]]}
    with pytest.raises(UsageError, match=sentence):
        reported(
            sorting, **{"out": Path("bad"), **{name: Path(v) if name == "out" else v for name, v in changed.items()}}
        )
    assert not Path("bad").exists()


def test_what_is_no_mixture_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "m")
    with pytest.raises(UsageError, match="is a llama model, no mixture of experts"):
        open_mixture(tmp_path / "m", None)


@pytest.mark.parametrize("told", ["{}", '{"experts": 3}', '{"experts": ["sqlite"]}'])
def test_a_mixture_json_that_names_no_dialects_is_refused(tmp_path: Path, told: str) -> None:
    save_mixture(tmp_path / "m")
    (tmp_path / "m" / "mixture.json").write_text(told)
    with pytest.raises(UsageError, match="does not say whose the experts are"):
        open_mixture(tmp_path / "m", None)


def test_a_mixture_that_is_tuned_keeps_the_names_of_its_experts(sorting: Path, tmp_path: Path) -> None:
    mixture = open_checkpoint(sorting / "m")
    carry_over(mixture, tmp_path, mixture.config)
    shutil.copyfile(mixture.files[0], tmp_path / mixture.files[0].name)
    assert open_mixture(tmp_path, None).experts == tuple(LETTERS)


def test_a_router_that_computes_nan_is_named(random_mixture: Any) -> None:
    router = routers(random_mixture)[1]
    sound = router.weight.detach().clone()
    with torch.no_grad():
        router.weight[0, 0] = math.nan
    with pytest.raises(UsageError, match="The router of layer 1 computes NaN"):
        record(random_mixture, LESSONS, quiet)
    with torch.no_grad():
        router.weight.copy_(sound)


def test_the_command_writes_a_report_beside_the_model_and_speaks_json(sorting: Path) -> None:
    run = isogloss("train", "routing", "m", "data.jsonl", "--limit", "3", "--json", cwd=sorting)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["dialects"][1]["parts"]["prompt"]["picks"] == [0, 1, 0]
    assert sorted(path.name for path in (sorting / "m-routing").iterdir()) == [
        "routing.json",
        "routing.md",
        "routing.png",
    ]
    assert json.loads((sorting / "m-routing" / "routing.json").read_text()) == told


@pytest.fixture
def shown(sorting: Path, tmp_path: Path) -> Iterator[list[str]]:
    report = reported(sorting, out=tmp_path / "a")
    console = Console(width=80, record=True, file=(tmp_path / "shown").open("w"), color_system=None)
    show_routing(console, report)
    yield console.export_text().splitlines()
    console.file.close()


def test_eighty_columns_without_colour_tell_it_all(shown: list[str]) -> None:
    assert max(map(len, shown[:-1])) <= 80  # the last names the folder, however long
    assert "mysql           0.0        0.0     100.0*" in map(str.rstrip, shown)
    assert "sqlite    prompt      100.0  +66.7 [+66.7, +66.7]  +100.0 [+100.0, +100.0]" in map(str.rstrip, shown)
    assert "load   ███  0.98 to 0.98" in map(str.rstrip, shown)
    assert not any("…" in line for line in shown)
