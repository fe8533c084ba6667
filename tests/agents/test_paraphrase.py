"""Other words for a question: kept if the meaning survives, dropped if a value, column or operation does not."""

import asyncio
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import sqlglot
from isogloss.agents.asking import Agent
from isogloss.agents.meaning import lost_meaning
from isogloss.agents.meaning_words import marks
from isogloss.agents.paraphrase import Paraphrase, Paraphraser, ProposeParaphrase, Verified
from isogloss.agents.prompting import read_sections
from isogloss.agents.replies import GiveVerdict
from isogloss.agents.scripted import ScriptedModel
from isogloss.agents.verbalise.queries import question
from isogloss.agents.verbalise.scope import Unsayable
from isogloss.tools.compare import Label
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.mutations import mutants
from isogloss.tools.query_comparison import compare_queries
from isogloss.tools.schema import Schema
from isogloss.tools.sources import open_source

AGREE = ("GiveVerdict", {"agree": True, "reason": "fine", "problem": "none"})
REFUSE = ("GiveVerdict", {"agree": False, "reason": "no", "problem": "wrong_order"})


@cache
def shop() -> Schema:
    return open_source("shop").schema()


PRICES = (
    "SELECT name, price FROM products WHERE price > 20 AND category <> 'Toys' ORDER BY price DESC, name LIMIT 5",
    "List the name and price of products whose price is more than 20 euros and whose category is not 'Toys', "
    "sorted by price from highest to lowest, then by name alphabetically, only the first 5.",
)
CITIES = (
    "SELECT city, COUNT(DISTINCT name) FROM customers WHERE joined_on >= '2021-05-01' OR email IS NULL GROUP BY city "
    "HAVING AVG(credit_limit) <= 1500",
    "For each city, show the number of different names of customers whose joining date is on or after 2021-05-01 or "
    "whose email address is missing, keeping only cities whose average credit limit is at most 1,500 euros.",
)
FEES = (
    "SELECT MAX(shipping_fee) FROM orders WHERE status IN ('paid', 'shipped') AND shipping_fee < 9",
    "What is the highest shipping fee of orders whose status is 'paid' or 'shipped' and whose shipping fee is less "
    "than 9 euros?",
)

GOOD = [
    (PRICES, "Of all products outside the category 'Toys' with a price above 20 euros, give the name and the price of "
             "only the first 5, the highest price first and names alphabetically after that."),
    (PRICES, "Which are the top 5 products by price, in descending order, then by name alphabetically, that "
             "have a price over 20 euros and a category other than 'Toys'? Show name and price."),
    (CITIES, "How many distinct names are there in every city among customers with a joining date of 2021-05-01 or "
             "later, or without an email address, if the mean credit limit of the city is 1500 euros or less?"),
    (FEES, "Among orders with the status 'paid' or 'shipped' and a shipping fee below 9 euros, what is the largest "
           "shipping fee?"),
]  # fmt: skip
BAD = [
    (PRICES, "20", "List the name and price of the first 5 products whose category is not 'Toys', sorted by price from "
                   "highest to lowest, then by name alphabetically, if the price is more than 30 euros."),
    (PRICES, "comparison", PRICES[1].replace("more than", "at least")),
    (PRICES, "'not'", PRICES[1].replace("is not", "is")),
    (PRICES, "direction", PRICES[1].replace("highest to lowest", "lowest to highest")),
    (PRICES, "direction", PRICES[1].replace("price from highest to lowest, then by name alphabetically",
                                           "price alphabetically, then by name from highest to lowest")),
    (PRICES, "first", PRICES[1].replace(", only the first 5", ", for 5 euros")),
    (PRICES, "column name", PRICES[1].replace("name and price", "price").replace("by name ", "")),
    (PRICES, "column stock", PRICES[1].replace("name and price", "name, stock and price")),
    (PRICES, "compared with 20", PRICES[1].replace("whose price is more than 20 euros",
                                                   "with a price and a name that is more than 20 euros")),
    (CITIES, "each", CITIES[1].replace("For each city, show", "Show, with the city,")),
    (CITIES, "different", CITIES[1].replace("different ", "")),
    (CITIES, "average", CITIES[1].replace("average", "total")),
    (CITIES, "or", CITIES[1].replace(" or whose email", " and whose email")),
    (CITIES, "2021-05-01", CITIES[1].replace("on or after 2021-05-01", "in spring")),
    (CITIES, "1999", CITIES[1] + " It is 1999."),
    (CITIES, "column email address", CITIES[1].replace("email address", "country")),
    (FEES, "highest", FEES[1].replace("highest", "lowest")),
    (FEES, "number", FEES[1].replace("What is the highest", "What is the number and highest")),
    (FEES, "shipped", FEES[1].replace("'paid' or 'shipped'", "'paid'")),
]  # fmt: skip


def lost(pair: tuple[str, str], said: str) -> list[str]:
    return lost_meaning(pair[1], said, pair[0], "sqlite", shop())


@pytest.mark.parametrize(("pair", "said"), GOOD)
def test_other_words_for_the_same_lose_nothing(pair: tuple[str, str], said: str) -> None:
    assert lost(pair, said) == []


@pytest.mark.parametrize(("pair", "what", "said"), BAD)
def test_what_is_lost_is_named(pair: tuple[str, str], what: str, said: str) -> None:
    assert said != pair[1]
    assert what in "; ".join(lost(pair, said))


@pytest.mark.parametrize("pair", [PRICES, CITIES, FEES])
def test_a_question_loses_nothing_to_itself(pair: tuple[str, str]) -> None:
    assert lost(pair, pair[1]) == []


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    with open_engine("sqlite", "shop", workers=1) as engine, engine.apart() as apart:
        yield engine, apart


@pytest.mark.parametrize("pair", [PRICES, CITIES, FEES])
def test_questions_of_changed_queries_are_told_apart(pair: tuple[str, str], engines: tuple[Engine, Engine]) -> None:
    """The verbaliser says what each mutant that gives other rows asks: a fluent question, and another one."""
    own, passed, found = worded(pair[0], 0), [], 0
    for mutant in mutants(pair[0], "sqlite", shop(), lambda table, column: []):
        said = worded(mutant.sql, 1)
        if said and compare_queries(engines[0], pair[0], mutant.sql, apart=engines[1]).label is Label.MISMATCH:
            found += 1
            passed += [] if lost_meaning(own, said, pair[0], "sqlite", shop()) else [said]
    assert passed == []
    assert found >= 5


def worded(sql: str, seed: int) -> str:
    """Return the question in the verbaliser's words, empty if it has none."""
    try:
        return question(sqlglot.parse_one(sql, read="sqlite"), shop(), "sqlite", random.Random(seed))
    except Unsayable:
        return ""


def test_quoted_values_and_names_say_no_operation() -> None:
    assert [m.operation for m in marks("whose name is 'no more than average' or 'not'")] == ["or"]
    assert [m.operation for m in marks("prices from highest to lowest of 20 or more")] == ["descending", "at least"]


class Stage:
    """A paraphraser and a critic with enqueued replies."""

    def __init__(self) -> None:
        self.writer, self.critic = ScriptedModel(), ScriptedModel()

    def rewrite(self, *said: str) -> Paraphrase:
        for each in said:
            self.writer.enqueue(("ProposeParaphrase", {"question": each}))
        paraphraser = Paraphraser(
            Agent(self.writer, ProposeParaphrase), Agent(self.critic, GiveVerdict), "sqlite", shop()
        )
        return asyncio.run(paraphraser.rewrite(Verified(FEES[1], FEES[0], [[8.9]]), "CREATE TABLE …"))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_faithful_paraphrase_is_kept(stage: Stage) -> None:
    stage.critic.enqueue(AGREE)
    found = stage.rewrite(GOOD[-1][1])
    assert (found.question, found.reason) == (GOOD[-1][1], None)
    asked = read_sections(str(stage.critic.seen[0][-1].content))
    assert (asked["question"], asked["sql"], asked["rows"]) == (GOOD[-1][1], FEES[0], "[[8.9]]")
    assert read_sections(str(stage.writer.seen[0][-1].content))["question"] == FEES[1]


def test_the_critic_must_agree(stage: Stage) -> None:
    stage.critic.enqueue(REFUSE)
    found = stage.rewrite(GOOD[-1][1])
    assert (found.question, found.reason) == (None, "critic: wrong_order")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (FEES[1].upper(), "nothing in other words"),
        ("?", "nothing in other words"),
        ("Well. " * 200 + FEES[1], "too long"),
        (FEES[1].replace("9", "8"), "changes value 9"),
        (FEES[1].replace("highest", "average"), "changes the query's 'highest'"),
    ],
)
def test_the_critic_is_not_asked_about_what_will_not_do(stage: Stage, said: str, reason: str) -> None:
    found = stage.rewrite(said)
    assert (found.question, found.reason, stage.critic.seen) == (None, reason, [])


def test_a_malformed_reply_is_asked_for_once_more(stage: Stage) -> None:
    stage.writer.enqueue(("ProposeParaphrase", {"text": "?"}))
    stage.critic.enqueue(AGREE)
    assert stage.rewrite(GOOD[-1][1]).question == GOOD[-1][1]


@pytest.mark.parametrize(
    "reply", [("ProposeParaphrase", {}), ("drop_everything", {}), ("GiveUp", {"reason": "no words"})]
)
def test_no_paraphrase_is_no_harm(stage: Stage, reply: tuple[str, dict[str, Any]]) -> None:
    stage.writer.enqueue(reply)
    stage.writer.enqueue(reply)
    found = stage.rewrite()
    assert found.question is None
    assert str(found.reason).startswith("no paraphrase")
