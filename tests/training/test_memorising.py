"""From nothing to queries that run: a model of half a million weights learns 200 pairs by heart."""

import asyncio
import sqlite3
import time
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.compare import Label
from isogloss.tools.engines import open_engine
from isogloss.tools.gold import gold_of, graded
from isogloss.training.examples import Example, write_examples
from isogloss.training.prompt_format import Prompt
from langchain_core.messages import HumanMessage

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.agents.local_models.chat import local_model
from isogloss.training.sft import SftConfig, train_sft

GENRES = ("Jazz", "Rock", "Folk", "Blues", "Metal", "Soul", "Punk", "Latin", "Opera", "Disco")
COLUMNS = ("title", "artist", "album", "seconds", "price")
SHAPES = (
    ("How many {g} tracks are there?", "SELECT COUNT(*) FROM track WHERE genre = '{g}'"),
    ("What is the {c} of every {g} track?", "SELECT {c} FROM track WHERE genre = '{g}'"),
    ("List each {c} among {g} tracks once.", "SELECT DISTINCT {c} FROM track WHERE genre = '{g}'"),
    ("Which {c} of a {g} track comes last?", "SELECT MAX({c}) FROM track WHERE genre = '{g}'"),
    ("Give the {c} of {g} tracks longer than 200.", "SELECT {c} FROM track WHERE genre = '{g}' AND seconds > 200"),
)
PAIRS, ASKED, WANTED, SECONDS = 200, 60, 54, 60
END = "<|end|>"


def pairs() -> list[tuple[str, str]]:
    made = [
        (asked.format(g=genre, c=column), sql.format(g=genre, c=column))
        for (asked, sql), genre, column in product(SHAPES, GENRES, COLUMNS)
    ]
    return list(dict.fromkeys(made))[:PAIRS]


def save_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE track (title TEXT, artist TEXT, album TEXT, genre TEXT, seconds INT, price REAL)"
        )
        rows = [
            (
                f"title {n}",
                f"artist {n % 17}",
                f"album {n % 23}",
                GENRES[n * n % 10 if n % 3 else n % 10],
                n * 7 % 400,
                n % 9,
            )
            for n in range(1, 181)
        ]
        database.executemany("INSERT INTO track VALUES (?, ?, ?, ?, ?, ?)", rows)
    database.close()


def save_untrained(folder: Path, texts: list[str]) -> None:
    """Save a model with random weights, and a tokenizer of its own that was made for ``texts``."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=600, special_tokens=[END], initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=END)
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 3}
    model = LlamaForCausalLM(
        LlamaConfig(
            **sizes,
            vocab_size=len(tokenizer),
            num_attention_heads=4,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    assert 400_000 < model.num_parameters() < 700_000
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def test_it_answers_what_it_was_taught_by_execution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    taught = pairs()
    assert len(taught) == PAIRS
    save_database(tmp_path / "music.sqlite")
    save_untrained(tmp_path / "model", [f"{asked}\n{sql}" for asked, sql in taught])
    examples = [
        Example(str(number), Prompt([{"role": "user", "content": asked}], f"{asked}\n"), sql, "sqlite", "music", "any")
        for number, (asked, sql) in enumerate(taught)
    ]
    write_examples(tmp_path / "pairs.jsonl", examples)
    config = SftConfig(
        model=str(tmp_path / "model"),
        data=(tmp_path / "pairs.jsonl",),
        out=tmp_path / "trained",
        epochs=30.0,
        batch=16,
        learning_rate=3e-3,
        held_out=0.0,
        precision="float32",
    )
    began = time.process_time()  # not the clock's: others may be at work
    train_sft(config, lambda _: None)
    assert time.process_time() - began < SECONDS
    model = local_model(str(config.out))
    questions = taught[:: PAIRS // ASKED][:ASKED]

    async def asked() -> list[str]:
        replies = await asyncio.gather(*(model.ainvoke([HumanMessage(f"{question}\n")]) for question, _ in questions))
        return [str(reply.text) for reply in replies]

    said = asyncio.run(asked())
    with open_engine("sqlite", str(tmp_path / "music.sqlite"), workers=1) as engine:
        labels = [
            graded(gold_of(engine, sql), engine.execute(reply), "sqlite").label
            for (_, sql), reply in zip(questions, said, strict=True)
        ]
    assert len(labels) == ASKED
    assert labels.count(Label.EXACT) >= WANTED
