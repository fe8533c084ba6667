"""The bundled shop: a small invented database for tutorial examples and seed queries, the same every time."""

import hashlib
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from ..schema import Column, ColumnType, ForeignKey, Schema, Table

Row = tuple[Any, ...]
_T = ColumnType

_CUSTOMERS = Table(
    "customers",
    (
        Column("customer_id", _T.INTEGER, False, "customer ID"),
        Column("name", _T.TEXT, False, "name"),
        Column("email", _T.TEXT, True, "email address"),
        Column("city", _T.TEXT, False, "city"),
        Column("country", _T.TEXT, False, "country"),
        Column("joined_on", _T.DATE, False, "joining date"),
        Column("credit_limit", _T.DECIMAL, True, "credit limit in euros"),
        Column("is_business", _T.BOOLEAN, False, "business flag"),
        Column("referred_by", _T.INTEGER, True, "referring customer ID"),
    ),
    ("customer_id",),
    (ForeignKey(("referred_by",), "customers", ("customer_id",)),),
    "customer",
)
_PRODUCTS = Table(
    "products",
    (
        Column("product_id", _T.INTEGER, False, "product ID"),
        Column("name", _T.TEXT, False, "name"),
        Column("category", _T.TEXT, False, "category"),
        Column("price", _T.DECIMAL, False, "price in euros"),
        Column("weight_kg", _T.FLOAT, True, "weight in kilograms"),
        Column("stock", _T.INTEGER, False, "stock"),
        Column("launched_on", _T.DATE, False, "launch date"),
        Column("discontinued", _T.BOOLEAN, False, "discontinued flag"),
    ),
    ("product_id",),
    (),
    "product",
)
_ORDERS = Table(
    "orders",
    (
        Column("order_id", _T.INTEGER, False, "order ID"),
        Column("customer_id", _T.INTEGER, False, "customer ID"),
        Column("ordered_at", _T.TIMESTAMP, False, "order time"),
        Column("status", _T.TEXT, False, "status"),
        Column("shipping_fee", _T.DECIMAL, False, "shipping fee in euros"),
    ),
    ("order_id",),
    (ForeignKey(("customer_id",), "customers", ("customer_id",)),),
    "order",
)
_ORDER_LINES = Table(
    "order_lines",
    (
        Column("order_id", _T.INTEGER, False, "order ID"),
        Column("product_id", _T.INTEGER, False, "product ID"),
        Column("quantity", _T.INTEGER, False, "quantity"),
        Column("unit_price", _T.DECIMAL, False, "unit price in euros"),
        Column("discount", _T.FLOAT, True, "discount share"),
    ),
    ("order_id", "product_id"),
    (
        ForeignKey(("order_id",), "orders", ("order_id",)),
        ForeignKey(("product_id",), "products", ("product_id",)),
    ),
    "order line",
)
_SCHEMA = Schema("shop", (_CUSTOMERS, _PRODUCTS, _ORDERS, _ORDER_LINES))

_FIRST = ("Anna", "Bruno", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas",
          "Karin", "Luca", "Maria", "Nils", "Olga", "Paul", "Rosa", "Simon", "Tara", "Viktor")  # fmt: skip
_LAST = ("Becker", "Moreau", "Rossi", "Larsen", "Novak", "Silva", "Keller", "Dubois", "Costa", "Weber", "Berg")
_PLACES = (("Berlin", "Germany"), ("Hamburg", "Germany"), ("Munich", "Germany"), ("Paris", "France"),
           ("Lyon", "France"), ("Madrid", "Spain"), ("Rome", "Italy"), ("Milan", "Italy"), ("Vienna", "Austria"),
           ("Oslo", "Norway"))  # fmt: skip
_GOODS = {
    "Books": ("Atlas of Rivers", "Garden Almanac", "Night Trains", "Bread at Home", "Short Stories"),
    "Garden": ("Steel Rake", "Clay Pot", "Watering Can", "Seed Mix", "Folding Saw"),
    "Kitchen": ("Copper Kettle", "Chef Knife", "Oak Board", "Cast Iron Pan", "Tea Set"),
    "Office": ("Desk Lamp", "Fountain Pen", "Paper Tray", "Desk Chair", "Wall Clock"),
    "Sports": ("Yoga Mat", "Trail Backpack", "Jump Rope", "Tennis Racket", "Water Bottle"),
    "Toys": ("Wooden Train", "Puzzle Map", "Marble Run", "Plush Bear", "Kite"),
}
_STATUSES = ("placed", "paid", "shipped", "shipped", "shipped", "returned")
_FEES = ("0.00", "3.90", "4.90", "6.90", "9.50", "12.00")


class Shop:
    """The shop as a source."""

    name = "shop"

    @property
    def fingerprint(self) -> str:
        """A SHA-256 of all rows."""
        return hashlib.sha256(repr(_tables()).encode()).hexdigest()

    def schema(self) -> Schema:
        """Return the schema of the shop."""
        return _SCHEMA

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""
        return iter(_tables()[table])

    def close(self) -> None:
        """Nothing to let go of."""


@cache
def _tables() -> dict[str, list[Row]]:
    rng = random.Random(2024)
    products = _products(rng)
    orders = _orders(rng)
    return {
        "customers": _customers(rng),
        "products": products,
        "orders": orders,
        "order_lines": _order_lines(rng, orders, products),
    }


def _customers(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, 41):
        first, last = _FIRST[(number * 7) % len(_FIRST)], _LAST[(number * 5) % len(_LAST)]
        email = None if number % 6 == 0 else f"{first}.{last}{number}@example.com".lower()
        limit = None if number % 5 == 0 else Decimal(rng.randrange(5, 60) * 100).quantize(Decimal("0.01"))
        joined = date(2021, 1, 1) + timedelta(days=rng.randrange(1000))
        referrer = rng.randrange(1, number) if number > 5 and number % 3 else None
        rows.append((number, f"{first} {last}", email, *rng.choice(_PLACES), joined, limit, number % 4 == 0, referrer))
    return rows


def _products(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for category, names in _GOODS.items():
        for name in names:
            number = len(rows) + 1
            price = (Decimal(rng.randrange(300, 15000)) / 100).quantize(Decimal("0.01"))
            weight = None if number % 9 == 0 else rng.randrange(1, 120) / 10
            launched = date(2019, 1, 1) + timedelta(days=rng.randrange(1500))
            rows.append((number, name, category, price, weight, rng.randrange(0, 160), launched, number % 8 == 0))
    return rows


def _orders(rng: random.Random) -> list[Row]:
    """200 orders of the first 36 customers over 2023 and 2024, so that four customers have none."""
    rows: list[Row] = []
    for number in range(1, 201):
        placed = datetime.fromisoformat("2023-01-01T08:00") + timedelta(minutes=rng.randrange(730 * 24 * 60 - 600))
        customer = min(rng.randrange(1, 37), rng.randrange(1, 37))
        rows.append((number, customer, placed, rng.choice(_STATUSES), Decimal(rng.choice(_FEES))))
    return rows


def _order_lines(rng: random.Random, orders: list[Row], products: list[Row]) -> list[Row]:
    """One to five lines an order; the last product is never sold."""
    rows: list[Row] = []
    for order in orders:
        for product in rng.sample(products[:-1], rng.randrange(1, 5)):
            discount = rng.choice((None, None, None, 0.05, 0.1, 0.25))
            rows.append((order[0], product[0], rng.choice((1, 1, 1, 2, 2, 3, 4, 6)), product[3], discount))
    return rows
