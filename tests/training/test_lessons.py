"""What a model sees in training: what it sees when it is sampled, and the completion to be learned."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.errors import UsageError
from isogloss.training.examples import write_examples
from isogloss.training.prompt_format import Prompt, prompt_for

from ..agents.tiny_model import PLAIN, tiny_tokenizer
from .lessons_here import example, write_numbered

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

from isogloss.agents.budget import Budget
from isogloss.agents.channel import open_channel
from isogloss.agents.local_models.batching import Request
from isogloss.agents.local_models.chat import LocalModel
from isogloss.agents.sampler import Sampler, SamplingSettings
from isogloss.training.finetuning.config import TrainingConfig
from isogloss.training.finetuning.lessons import Lessons, read_lessons
from isogloss.training.finetuning.tokens import UNTRAINED, Lesson, lesson, prompt_tokens

SQL = "SELECT name FROM city WHERE size > 3"
ASKED = prompt_for("sqlite", "CREATE TABLE city (name TEXT, size INT)", "Which cities are above 3?")
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + PLAIN
BEGINS = "{{ bos_token }}" + PLAIN
REWRITES = PLAIN.replace("assistant\n", "assistant\n<think>")  # the prompt is no prefix of the answered chat
TEMPLATES = {"chat": PLAIN, "no system turn": NO_SYSTEM, "begins": BEGINS, "rewrites": REWRITES, "plain": ""}


def tokenizer_with(template: str, begins: bool = False) -> Any:
    """Return a tokenizer that, if it ``begins``, puts a token before every text."""
    tokenizer = tiny_tokenizer(template)
    tokenizer.chat_template = template or None
    if begins or template == BEGINS:
        from tokenizers.processors import TemplateProcessing

        tokenizer.add_special_tokens({"bos_token": "<|begin|>"})
        first = ("<|begin|>", tokenizer.bos_token_id)
        tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<|begin|> $A", special_tokens=[first])
    return tokenizer


class Weights:
    """Weights that keep the prompts they are given, and say nothing."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer, self.context, self.ends = tokenizer, 10_000, {0}
        self.batcher, self.prompts = self, list[list[int]]()

    def submit(self, request: Request) -> Any:
        self.prompts.append(request.prompt)
        request.reply.set_result([0])
        return request.reply


@pytest.mark.parametrize("begins", [False, True])
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_prompt_is_the_same_tokens_in_training_and_when_sampled(template: str, begins: bool) -> None:
    tokenizer = tokenizer_with(template, begins)
    weights: Any = Weights(tokenizer)
    model = LocalModel(weights, name_or_folder="seen", version="0")
    opened = open_channel("scripted", in_flight=1, budget=Budget(), cache=None)
    assert opened
    sampler = Sampler(model, opened, SamplingSettings(temperature=0))
    asyncio.run(sampler.sample("0", ASKED.messages, ASKED.plain))
    assert weights.prompts == [lesson(tokenizer, ASKED, SQL).prompt]
    once = template == BEGINS or (begins and not template)
    assert weights.prompts[0].count(tokenizer.bos_token_id or -1) == int(once)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_the_loss_is_on_the_completion_and_its_end_alone(template: str) -> None:
    tokenizer = tokenizer_with(template)
    made = lesson(tokenizer, ASKED, SQL)
    columns = made.columns()
    labels = columns["labels"]
    assert columns["input_ids"] == made.prompt + made.completion
    assert set(labels[: len(made.prompt)]) == {UNTRAINED}
    assert tokenizer.decode(labels[len(made.prompt) :]) == f"{SQL}<|end|>"
    assert labels[-1] == tokenizer.eos_token_id


def test_a_chat_is_the_tokens_that_trl_makes_of_it() -> None:
    from trl.data_utils import _tokenize

    tokenizer = tokenizer_with(PLAIN)
    turns = [*ASKED.messages, {"role": "assistant", "content": SQL}]
    made = lesson(tokenizer, ASKED, SQL)
    assert made.prompt == _tokenize(tokenizer, ASKED.messages, add_generation_prompt=True)["input_ids"]
    assert made.prompt + made.completion == _tokenize(tokenizer, turns)["input_ids"]


@given(asked=st.text(min_size=1), said=st.text(min_size=1))
def test_plain_text_keeps_the_boundary(asked: str, said: str) -> None:
    tokenizer = MERGING
    prompt = Prompt([], f"{asked}\n")
    made = lesson(tokenizer, prompt, said)
    assert made.prompt == prompt_tokens(tokenizer, prompt)
    assert tokenizer.decode(made.prompt + made.completion) == f"{asked}\n{said}<|end|>"


def merging_tokenizer() -> Any:
    """Return one without template, in which a token spans a line break and what follows."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab={**letters, "ĊS": len(letters)}, merges=[("Ċ", "S")]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=AddedToken("<|end|>", special=True))


MERGING = merging_tokenizer()


def test_a_token_over_the_boundary_is_not_made() -> None:
    prompt = Prompt([], "1\n")
    assert MERGING.convert_ids_to_tokens(MERGING("1\nS")["input_ids"]) == ["1", "ĊS"]
    made = lesson(MERGING, prompt, "S")
    assert MERGING.convert_ids_to_tokens(made.prompt + made.completion) == ["1", "Ċ", "S", "<|end|>"]


def test_a_tokenizer_without_end_is_refused() -> None:
    tokenizer = tokenizer_with("")
    tokenizer.eos_token = None
    with pytest.raises(UsageError, match="no end token"):
        lesson(tokenizer, ASKED, SQL)


def test_a_template_that_refuses_is_told() -> None:
    tokenizer = tokenizer_with("{{ raise_exception('never') }}")
    with pytest.raises(UsageError, match="refuses the prompt: never"):
        lesson(tokenizer, ASKED, SQL)


def read(path: Path, **settings: Any) -> Lessons[Lesson]:
    config = TrainingConfig(model="", data=(path,), out=path, **settings)
    return read_lessons(config, tokenizer_with(PLAIN))


def test_what_takes_no_part_is_counted(tmp_path: Path) -> None:
    path, rows = tmp_path / "rows.jsonl", [example(number) for number in range(48)]
    long = example(100, "SELECT " + "1, " * 200 + "1")
    write_examples(path, [*rows, rows[0], rows[1], long])
    read_in = read(path, max_tokens=300, held_out=0.2)
    counts = read_in.counts
    assert (counts.duplicates, counts.too_long) == (2, 1)
    assert counts.train + counts.held_out + counts.left_out == 48
    assert counts.held_out == len(read_in.held_out) > 0
    assert counts.tokens == sum(map(len, read_in.train)) > counts.trained > 0
    assert counts.notes == ("Left out, being longer than 300 tokens: 1.",)
    assert max(map(len, read_in.train + read_in.held_out)) <= 300


def test_nothing_is_cut(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "rows.jsonl", 24)
    ends = {each.completion[-1] for each in read(path, max_tokens=80, held_out=0.0).train}
    assert ends == {tokenizer_with(PLAIN).eos_token_id}


@pytest.mark.parametrize(
    ("rows", "settings", "sentence"),
    [
        ([], {}, "holds no examples"),
        ([example(1)] * 3, {}, "Every example is the same"),
        ([example(1), example(2)], {"max_tokens": 20}, "Every example has more than 20 tokens: give --max-tokens "),
        ([example(6), example(12)], {"patience": 2}, "No example can be held out"),
    ],
)
def test_data_that_cannot_be_trained_on_is_told(
    tmp_path: Path, rows: list[Any], settings: dict[str, Any], sentence: str
) -> None:
    write_examples(tmp_path / "rows.jsonl", rows)
    with pytest.raises(UsageError, match=sentence):
        read(tmp_path / "rows.jsonl", **settings)


def test_it_is_said_where_nothing_can_be_held_out(tmp_path: Path) -> None:
    write_examples(tmp_path / "rows.jsonl", [example(6), example(12)])
    assert read(tmp_path / "rows.jsonl").counts.notes == (
        "No example could be held out without leaving none to train on.",
    )
