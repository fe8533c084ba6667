-- name: labels_of_customers
SELECT CONCAT(c.name, ' (', c.city, ')') AS label FROM customers AS c WHERE c.country = 'Spain';

-- name: first_words_of_names
SELECT c.customer_id, SPLIT(c.name, ' ')[OFFSET(0)] AS first_word FROM customers AS c;

-- name: second_words_of_names
SELECT p.name, SPLIT(p.name, ' ')[SAFE_OFFSET(1)] AS second_word FROM products AS p WHERE p.price > 60;

-- name: products_by_regular_expression
SELECT p.name, p.price FROM products AS p WHERE REGEXP_CONTAINS(p.name, '^[A-F]');

-- name: parts_of_addresses
SELECT c.name, REGEXP_EXTRACT(c.email, r'^[^@]+') AS account FROM customers AS c WHERE c.email IS NOT NULL;

-- name: names_without_blanks
SELECT REGEXP_REPLACE(LOWER(p.name), r'\s+', '-') AS slug FROM products AS p;

-- name: products_with_prices_in_words
SELECT FORMAT('%s (%t)', p.name, p.price) AS label FROM products AS p WHERE p.category = 'Toys' ORDER BY p.name;

-- name: longest_names
SELECT p.name, CHAR_LENGTH(p.name) AS letters FROM products AS p ORDER BY letters DESC, p.name LIMIT 5;

-- name: customers_per_initial
SELECT LEFT(c.name, 1) AS initial, COUNT(*) AS customers FROM customers AS c GROUP BY initial ORDER BY customers DESC, initial;

-- name: order_numbers_as_text
SELECT LPAD(CAST(o.order_id AS STRING), 6, '0') AS order_number, UPPER(o.status) AS status FROM orders AS o WHERE o.shipping_fee > 5;

-- name: names_split_by_pattern
SELECT p.name, REGEXP_EXTRACT_ALL(p.name, r'[A-Z]') AS capitals FROM products AS p;
