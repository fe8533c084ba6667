"""The arithmetic of merging, on vectors of any direction and length."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is not installed")

from isogloss.training.merge.depth import gradient_t, kind_of, layer_of  # noqa: E402
from isogloss.training.merge.means import karcher_mean, linear  # noqa: E402
from isogloss.training.merge.slerp import slerp, slerp_chain  # noqa: E402
from isogloss.training.merge.step import CannotMerge  # noqa: E402

seeds = st.integers(0, 2**32)
shares = st.floats(0.01, 0.99)
lengths = st.floats(0.1, 10)
patiently = settings(deadline=None, max_examples=60)


def drawn(seed: int, *shape: int) -> Any:
    return torch.randn(shape or (8, 5), generator=torch.Generator().manual_seed(seed))


def unit(tensor: Any) -> Any:
    return tensor / tensor.norm()


def angle(first: Any, second: Any) -> float:
    return math.acos(max(-1.0, min(1.0, float((unit(first.double()) * unit(second.double())).sum()))))


def near(first: Any, second: Any, within: float = 1e-5) -> bool:
    return float((first - second).norm()) <= within * max(1.0, float(second.norm()))


@patiently
@given(seeds, st.sampled_from([torch.float32, torch.bfloat16, torch.float64]))
def test_the_ends_are_the_models_bit_for_bit(seed: int, dtype: Any) -> None:
    first, second = drawn(seed).to(dtype), drawn(seed + 1).to(dtype)
    for t, end in ((0.0, first), (1.0, second)):
        merged, step = slerp(first, second, t)
        assert step.branch == "end"
        assert merged.dtype == dtype
        assert torch.equal(merged, end)


@patiently
@given(seeds, shares)
def test_on_the_arc_the_norm_stays_and_the_angle_grows_evenly(seed: int, t: float) -> None:
    first, second = unit(drawn(seed)), unit(drawn(seed + 1))
    merged, step = slerp(first, second, t)
    assert step.branch == "slerp"
    assert float(merged.norm()) == pytest.approx(1.0, abs=1e-5)
    assert angle(first, merged) == pytest.approx(t * angle(first, second), abs=1e-3)
    assert angle(merged, second) == pytest.approx((1 - t) * angle(first, second), abs=1e-3)


@patiently
@given(seeds, shares, lengths)
def test_ends_of_other_lengths_keep_them(seed: int, t: float, length: float) -> None:
    first, second = unit(drawn(seed)), unit(drawn(seed + 1))
    whole = angle(first, second)
    expected = math.sin((1 - t) * whole) / math.sin(whole) * first
    expected = expected + math.sin(t * whole) / math.sin(whole) * length * second
    merged, step = slerp(first, length * second, t)
    assert near(merged, expected)
    assert step.norm_ratio == pytest.approx(max(length, 1 / length), rel=1e-5)


@patiently
@given(seeds, shares)
def test_siblings_are_merged_on_the_straight_line(seed: int, t: float) -> None:
    first = drawn(seed)
    second = first + 1e-3 * drawn(seed + 1)
    merged, step = slerp(first, second, t)
    assert (step.branch, step.t) == ("lerp", t)
    assert near(merged, (1 - t) * first + t * second, 1e-6)


@patiently
@given(seeds, shares, st.integers(2, 4))
def test_equal_tensors_stay_as_they_are(seed: int, t: float, count: int) -> None:
    same = drawn(seed)
    copies = [same.clone() for _ in range(count)]
    assert torch.equal(slerp(same, copies[0], t)[0], same)
    for merged, step in (karcher_mean(copies), linear(copies, [1 / count] * count)):
        assert step.branch == "same"
        assert torch.equal(merged, same)


@patiently
@given(seeds, st.integers(2, 5))
def test_in_a_chain_all_have_the_same_share(seed: int, count: int) -> None:
    first = drawn(seed)
    siblings = [first + 1e-3 * drawn(seed + place) for place in range(1, count + 1)]
    merged, steps = slerp_chain(siblings)
    assert [step.t for step in steps] == [1 / place for place in range(2, count + 1)]
    assert near(merged, sum(siblings) / count, 1e-6)


@patiently
@given(seeds, st.permutations(range(4)))
def test_the_karcher_mean_does_not_hang_on_the_order(seed: int, order: list[int]) -> None:
    tensors = [drawn(seed) + 0.7 * drawn(seed + place) for place in range(1, 5)]
    assert near(karcher_mean(tensors)[0], karcher_mean([tensors[place] for place in order])[0])


@patiently
@given(seeds)
def test_of_two_unit_vectors_the_karcher_mean_is_the_middle_of_the_arc(seed: int) -> None:
    first, second = unit(drawn(seed)), unit(drawn(seed + 1))
    assert near(karcher_mean([first, second])[0], slerp(first, second, 0.5)[0])


@patiently
@given(seeds, st.integers(2, 5))
def test_at_the_karcher_mean_the_arcs_pull_evenly_and_the_norm_is_the_mean_norm(seed: int, count: int) -> None:
    tensors = [(place + 1) * unit(drawn(seed) + 0.7 * drawn(seed + place + 1)) for place in range(count)]
    mean, step = karcher_mean(tensors)
    assert step.branch == "karcher"
    assert float(mean.norm()) == pytest.approx((count + 1) / 2, rel=1e-5)
    middle = unit(mean.double())
    pull = torch.zeros_like(middle)
    for tensor in tensors:
        arc = angle(middle, tensor)
        pull += arc / math.sin(arc) * (unit(tensor.double()) - math.cos(arc) * middle)
    assert float(pull.norm()) < 1e-4


@patiently
@given(seeds, shares)
def test_linear_is_the_weighted_sum(seed: int, share: float) -> None:
    first, second = drawn(seed), drawn(seed + 1)
    merged, step = linear([first, second], [share, 1 - share])
    assert near(merged, share * first + (1 - share) * second, 1e-6)
    assert step.cosine == pytest.approx(math.cos(angle(first, second)), abs=1e-5)


def test_many_blocks_are_as_good_as_one() -> None:
    first, second = (drawn(seed, 3, 2**20 + 7) for seed in (1, 2))
    double = [each.double() for each in (first, second)]
    whole = math.acos(float((double[0] * double[1]).sum() / double[0].norm() / double[1].norm()))
    expected = math.sin(0.7 * whole) / math.sin(whole) * double[0] + math.sin(0.3 * whole) / math.sin(whole) * double[1]
    assert float((slerp(first, second, 0.3)[0] - expected).abs().max()) < 1e-5


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_refused(broken: float) -> None:
    whole, spoilt = drawn(1), drawn(2)
    spoilt[3, 3] = broken
    with pytest.raises(CannotMerge, match="NaN, Inf"):
        slerp(whole, spoilt, 0.0)
    with pytest.raises(CannotMerge, match="NaN, Inf"):
        karcher_mean([whole, spoilt])
    with pytest.raises(CannotMerge, match="NaN, Inf"):
        linear([spoilt, whole], [0.5, 0.5])


def test_opposite_directions_are_refused_but_at_the_ends() -> None:
    tensor = drawn(1)
    with pytest.raises(CannotMerge, match="opposite directions"):
        slerp(tensor, -2 * tensor, 0.5)
    with pytest.raises(CannotMerge, match="opposite directions"):
        karcher_mean([tensor, drawn(2), -tensor])
    assert torch.equal(slerp(tensor, -2 * tensor, 1.0)[0], -2 * tensor)


def test_directions_that_cancel_out_have_no_mean() -> None:
    thirds = [torch.tensor([math.cos(turn), math.sin(turn)]) for turn in (0.0, math.tau / 3, 2 * math.tau / 3)]
    with pytest.raises(CannotMerge, match="cancel out"):
        karcher_mean(thirds)


def test_zeros_have_no_direction_and_are_averaged() -> None:
    tensor, zeros = drawn(1), torch.zeros(8, 5)
    merged, step = slerp(zeros, tensor, 0.25)
    assert (step.branch, step.cosine, step.norm_ratio) == ("lerp", None, None)
    assert near(merged, 0.25 * tensor)
    assert near(karcher_mean([zeros, tensor])[0], 0.5 * tensor)
    assert slerp(zeros, zeros.clone(), 0.5)[1].branch == "same"


def test_a_share_outside_of_the_way_is_refused() -> None:
    with pytest.raises(CannotMerge, match="not from 0 to 1"):
        slerp(drawn(1), drawn(2), 1.5)


@pytest.mark.parametrize(
    ("name", "layer", "kind", "t"),
    [
        ("model.embed_tokens.weight", None, "embedding", 0.5),
        ("model.layers.0.self_attn.q_proj.weight", 0, "attention", 0.0),
        ("model.layers.4.self_attn.q_norm.weight", 4, "attention", 0.5),
        ("model.layers.6.self_attn.o_proj.bias", 6, "attention", 0.4),
        ("model.layers.16.self_attn.k_proj.weight", 16, "attention", 1.0),
        ("model.layers.0.mlp.up_proj.weight", 0, "mlp", 1.0),
        ("model.layers.14.mlp.experts.3.w1.weight", 14, "mlp", 0.15),
        ("model.layers.16.input_layernorm.weight", 16, "norm", 0.5),
        ("model.norm.weight", None, "norm", 0.5),
        ("lm_head.weight", None, "head", 0.5),
    ],
)
def test_the_published_gradient_over_seventeen_layers(name: str, layer: int | None, kind: str, t: float) -> None:
    assert layer_of(name) == layer
    assert kind_of(name) == kind
    assert gradient_t(name, 17) == pytest.approx(t)
