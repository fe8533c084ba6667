"""Oracle's own words stay words in a template, and its totals stay totals."""

import pytest
from isogloss.tools.sources import open_source
from isogloss.tools.templates import abstract, seed_templates

SHOP = open_source("shop").schema()


@pytest.mark.parametrize(
    ("sql", "template"),
    [
        (
            "SELECT s.name FROM (SELECT name FROM products ORDER BY price) s WHERE ROWNUM <= 3",
            "SELECT sub_1.out_1 FROM (SELECT t1.text_1 AS out_1 FROM table_1 t1 ORDER BY t1.number_1) sub_1 "
            "WHERE ROWNUM <= 3",
        ),
        (
            "SELECT LEVEL, name FROM customers START WITH customer_id = 9 CONNECT BY PRIOR customer_id = referred_by",
            "SELECT LEVEL AS out_1, t1.text_1 FROM table_1 t1 START WITH t1.key_1 = :value_1 "
            "CONNECT BY PRIOR t1.key_1 = t1.key_2",
        ),
        (
            "SELECT category, MAX(name) KEEP (DENSE_RANK LAST ORDER BY price) FROM products GROUP BY category",
            "SELECT t1.text_1, MAX(t1.text_2) KEEP (DENSE_RANK LAST ORDER BY t1.number_1) AS out_1 "
            "FROM table_1 t1 GROUP BY t1.text_1",
        ),
        (
            "SELECT category, COUNT(*) FROM products GROUP BY ROLLUP(category)",
            "SELECT t1.text_1, COUNT(*) AS out_1 FROM table_1 t1 GROUP BY ROLLUP (t1.text_1)",
        ),
        (
            "SELECT customer_id FROM customers MINUS SELECT customer_id FROM orders",
            "SELECT t1.key_1 FROM table_1 t1 MINUS SELECT t2.key_1 FROM table_2 t2",
        ),
    ],
)
def test_oracle_keeps_its_words(sql: str, template: str) -> None:
    assert abstract(sql, SHOP, "oracle", "seed").sql == template


def test_no_template_of_oracle_subtracts_with_except() -> None:
    assert not [each.seed for each in seed_templates("oracle") if "EXCEPT" in each.sql]
