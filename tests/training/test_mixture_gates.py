"""The gates: from which hidden states they are made, and what is said of how well they part the dialects."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("hypothesis", reason="hypothesis is not installed")
torch = pytest.importorskip("torch", reason="torch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from isogloss.tools.errors import UsageError  # noqa: E402
from isogloss.training.checkpoints.checkpoint import Checkpoint, open_checkpoint  # noqa: E402
from isogloss.training.mixture.config import MixtureConfig  # noqa: E402
from isogloss.training.mixture.gates import gates_of  # noqa: E402
from isogloss.training.mixture.hidden_states import token_vectors  # noqa: E402
from isogloss.training.mixture.report import layer_gates, layers_named  # noqa: E402

from .mixture_models import ARCHITECTURES, HIDDEN, KEYWORDS, LAYERS  # noqa: E402
from .tiny_checkpoints import save_checkpoint  # noqa: E402

Texts = Mapping[str, Sequence[str]]


@pytest.fixture(scope="module", params=ARCHITECTURES)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    changed = {"head_dim": 8} if request.param == "Qwen3" else {}
    place = tmp_path_factory.mktemp(request.param) / "base"
    return open_checkpoint(save_checkpoint(place, 0.5, request.param, **changed))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return open_checkpoint(save_checkpoint(tmp_path_factory.mktemp("llama") / "base", 0.5))


def gates(base: Checkpoint, gate: str, keywords: Texts = KEYWORDS, negatives: Texts | None = None) -> Any:
    experts = dict.fromkeys(keywords, base.folder)
    return gates_of(base, MixtureConfig(experts, base.folder, gate, Path("out"), keywords, negatives))


def by_hand(base: Checkpoint, text: str, router: bool) -> list[Any]:
    """Return the vectors of a text at each layer, [tokens, hidden], from the whole model, nothing padded."""
    model = transformers.AutoModel.from_pretrained(base.folder, dtype=torch.float32)
    ids = transformers.AutoTokenizer.from_pretrained(base.folder)(text, return_tensors="pt").input_ids
    seen: list[Any] = []
    if router:
        for layer in model.layers:
            layer.post_attention_layernorm.register_forward_hook(lambda _, __, after: seen.append(after[0]))
    with torch.inference_mode():
        states = model(ids, output_hidden_states=True).hidden_states
    return seen or [state[0] for state in states[:-1]]


@pytest.mark.parametrize("gate", ["last", "mean", "router"])
@pytest.mark.parametrize("negatives", [None, {}, {"sqlite": ["SELECT"]}])
def test_a_gate_is_the_difference_of_means_at_unit_length(base: Checkpoint, gate: str, negatives: Texts | None) -> None:
    def mean(texts: Sequence[str], layer: int) -> Any:
        states = [by_hand(base, text, gate == "router")[layer] for text in texts]
        return torch.stack([each[-1] if gate == "last" else each.mean(dim=0) for each in states]).mean(dim=0)

    others = [text for dialect in ("postgres", "mysql") for text in KEYWORDS[dialect]]
    against = others if negatives is None else list(negatives.get("sqlite", ()))
    made = gates(base, gate, negatives=negatives)
    for layer in range(LAYERS):
        wanted = mean(KEYWORDS["sqlite"], layer) - (mean(against, layer) if against else 0)
        assert (made[layer, 0] - wanted / wanted.norm()).abs().max() < 1e-5
    assert torch.allclose(made.norm(dim=-1), torch.ones(LAYERS, 3), atol=1e-6)


@settings(max_examples=12, deadline=None)
@given(
    texts=st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9), min_size=1),
    batch=st.integers(1, 5),
    router=st.booleans(),
)
def test_padding_makes_no_difference(llama: Checkpoint, texts: list[str], batch: int, router: bool) -> None:
    together = token_vectors(llama, texts, router, batch)
    for text, vectors in zip(texts, together, strict=True):
        assert vectors.shape == (LAYERS, len(text), HIDDEN)
        alone = torch.stack(by_hand(llama, text, router))
        assert (vectors - alone).abs().max() <= 1e-5


def test_padding_on_the_left_would_make_none_either(llama: Checkpoint) -> None:
    """Others pad there: with a mask it comes to the same, so gates may be compared."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(llama.folder, padding_side="left", pad_token="<|end|>")
    asked = tokenizer(list(KEYWORDS["sqlite"]), padding=True, return_tensors="pt")
    with torch.inference_mode():
        model = transformers.AutoModel.from_pretrained(llama.folder)
        states = model(asked.input_ids, attention_mask=asked.attention_mask, output_hidden_states=True).hidden_states
    ours = token_vectors(llama, KEYWORDS["sqlite"], router=False)
    theirs = torch.stack(states[:-1])[:, :, -1]
    assert all((own[:, -1] - theirs[:, number]).abs().max() <= 1e-5 for number, own in enumerate(ours))


def test_the_token_that_begins_is_seen_but_not_averaged(llama: Checkpoint, tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path / "begun", 0.5)
    told = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**told, "bos_token": "<|turn|>"}))
    [begun] = token_vectors(open_checkpoint(folder), ["GLOB"], router=False)
    whole = torch.stack(by_hand(llama, "<|turn|>GLOB", router=False))
    assert begun.shape == (LAYERS, 4, HIDDEN)
    assert (begun - whole[:, 1:]).abs().max() <= 1e-5


def test_drawn_gates_hang_on_the_seed_alone(llama: Checkpoint) -> None:
    experts = dict.fromkeys(KEYWORDS, llama.folder)
    drawn = {
        (gate, seed): gates_of(llama, MixtureConfig(experts, llama.folder, gate, Path("out"), seed=seed))
        for gate in ("random", "uniform")
        for seed in (0, 1)
    }
    assert not torch.equal(drawn["random", 0], drawn["random", 1])
    assert torch.allclose(drawn["uniform", 0], drawn["random", 0] * 0.01)


def test_uniform_gates_prefer_no_expert_and_use_all(llama: Checkpoint) -> None:
    experts = dict.fromkeys(KEYWORDS, llama.folder)
    weight = gates_of(llama, MixtureConfig(experts, llama.folder, "uniform", Path("out")))[0]
    seen = torch.randn((500, HIDDEN), generator=torch.Generator().manual_seed(0))
    shares = (seen @ weight.T).softmax(dim=-1)
    assert shares.max() < 0.36
    assert torch.bincount(shares.argmax(dim=-1), minlength=3).min() > 100


def test_the_same_keywords_for_two_dialects_are_refused(llama: Checkpoint) -> None:
    twice = {"sqlite": ["GLOB"], "postgres": ["GLOB"], "mysql": ["IFNULL"]}
    with pytest.raises(UsageError, match="do not tell all dialects apart at layers 0, 1, 2:"):
        layer_gates(gates(llama, "last", twice))
    with pytest.raises(UsageError, match="do not tell all dialects apart"):
        layer_gates(gates(llama, "last", twice, negatives={}))
    with pytest.raises(UsageError, match="keywords of sqlite are on average what its negatives are, at layer 0"):
        gates(llama, "mean", {"sqlite": ["GLOB"], "postgres": ["GLOB"]})


def test_last_tokens_that_are_all_the_same_part_nothing_at_the_first_layer(llama: Checkpoint) -> None:
    calls = {dialect: [f"{text}(" for text in texts] for dialect, texts in KEYWORDS.items()}
    with pytest.raises(UsageError, match="keywords of sqlite are on average what its negatives are, at layer 0"):
        gates(llama, "last", calls)
    layer_gates(gates(llama, "mean", calls))


def test_the_condition_number_is_blind_to_what_all_gates_share() -> None:
    two = torch.tensor([[[1.0, 0.0], [-1.0, 0.0]]])
    assert layer_gates(two)[0].condition == pytest.approx(1.0)
    assert layer_gates(two)[0].cosines == (-1.0,)
    three = torch.nn.functional.normalize(torch.tensor([[[1.0, 0.0], [-0.5, 0.8], [-0.5, -0.8]]]), dim=-1)
    assert layer_gates(three)[0].condition < 2
    near = torch.nn.functional.normalize(torch.tensor([[[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [1.0, 0.0, 0.1]]]), dim=-1)
    [told] = layer_gates(near)
    assert told.condition > 5
    assert min(told.cosines) > 0.98


def test_layers_are_named_in_short() -> None:
    assert layers_named([3]) == "layer 3"
    assert layers_named([0, 1]) == "layers 0, 1"
    assert layers_named(range(12)) == "layers 0, 1, 2 … (12 in all)"


def test_hidden_states_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    from .tiny_checkpoints import change_weights, weights_of

    folder = save_checkpoint(tmp_path / "base")
    name = "model.layers.0.mlp.down_proj.weight"
    change_weights(folder, name, torch.full_like(weights_of(folder)[name], float("inf")))
    with pytest.raises(UsageError, match="hidden states of the base are no numbers"):
        gates(open_checkpoint(folder), "mean")
