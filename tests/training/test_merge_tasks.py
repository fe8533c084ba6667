"""Merging what models learnt since a base: TIES and DARE."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.tools.errors import UsageError  # noqa: E402
from isogloss.training.merge import task_vectors  # noqa: E402
from isogloss.training.merge.config import MergeConfig  # noqa: E402
from isogloss.training.merge.merging import merge  # noqa: E402
from isogloss.training.merge.step import CannotMerge  # noqa: E402
from isogloss.training.merge.task_vectors import dare, ties  # noqa: E402

from .tiny_checkpoints import save_checkpoint, weights_of  # noqa: E402

with_peft = pytest.mark.skipif(find_spec("peft") is None, reason="peft is not installed")
BASE = torch.full((6,), 10.0)
UP = BASE + torch.tensor([5.0, 4.0, -3.0, 0.1, 0.2, 2.0])
DOWN = BASE + torch.tensor([1.0, -6.0, -5.0, 0.3, 0.0, 0.2])


@with_peft
def test_ties_trims_elects_a_sign_and_averages_those_that_have_it() -> None:
    merged, step = ties(BASE, [UP, DOWN], 0.5)
    # kept of the first 5, 4 and -3, of the second 1, -6 and -5; -6 outweighs 4
    assert (merged - BASE).tolist() == [3.0, -6.0, -4.0, 0.0, 0.0, 0.0]
    assert step.branch == "ties"
    assert step.cosine == pytest.approx(float((UP @ DOWN) / UP.norm() / DOWN.norm()))


@with_peft
def test_dare_makes_up_for_what_it_drops_and_draws_the_same_again() -> None:
    base = torch.zeros(20_000)
    changed = base + 1.0
    merged, step = dare(base, [changed, 3 * changed], [0.5, 0.5], 0.25, "0 name")
    assert step.branch == "dare"
    assert {round(each, 3) for each in merged.tolist()} == {0.0, 2.0, 6.0, 8.0}
    assert float(merged.mean()) == pytest.approx(2.0, abs=0.1)
    state = torch.random.get_rng_state()
    assert torch.equal(dare(base, [changed, 3 * changed], [0.5, 0.5], 0.25, "0 name")[0], merged)
    assert not torch.equal(dare(base, [changed, 3 * changed], [0.5, 0.5], 0.25, "1 name")[0], merged)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_what_nobody_changed_stays_and_what_is_not_a_number_is_refused() -> None:
    merged, step = ties(BASE, [BASE.clone(), BASE.clone()], 0.5)
    assert (step.branch, torch.equal(merged, BASE)) == ("same", True)
    with pytest.raises(CannotMerge, match="NaN, Inf"):
        dare(BASE, [BASE, BASE * float("nan")], [0.5, 0.5], 0.5, "")


@with_peft
@pytest.mark.parametrize("method", ["ties", "dare"])
def test_the_base_is_an_input_like_the_models(tmp_path: Path, method: str) -> None:
    base, *models = (save_checkpoint(tmp_path / name, far) for name, far in (("base", 0.0), ("a", 0.3), ("b", 0.5)))
    wishes: dict[str, Any] = {"base": base, "density": 0.3}
    summary = merge(MergeConfig(tuple(models), method, tmp_path / "out", **wishes), lambda done, of: None)
    assert list(summary.branches) == [method]
    lineage = json.loads((tmp_path / "out" / "lineage.json").read_text())
    assert [each["model"] for each in lineage["models"]] == [*map(str, models), str(base)]
    assert lineage["recipe"]["density"] == 0.3
    before, after = weights_of(base), weights_of(tmp_path / "out")
    kept = [float((before[name] == after[name]).float().mean()) for name in before if before[name].numel() > 1000]
    assert all(0.3 < share < 0.7 for share in kept)  # about 0.7 squared is changed by neither


def test_without_peft_the_way_to_get_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_vectors, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install peft"):
        merge(MergeConfig((tmp_path, tmp_path), "ties", tmp_path / "out", base=tmp_path), lambda done, of: None)
