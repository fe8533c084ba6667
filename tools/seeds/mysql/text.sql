-- name: names_and_cities_in_one_text
SELECT CONCAT(c.name, ' (', c.city, ')') AS customer FROM customers AS c WHERE c.country = 'Germany';

-- name: addresses_without_gaps
SELECT c.customer_id, CONCAT_WS(', ', c.name, c.email, c.city) AS address FROM customers AS c;

-- name: first_words
SELECT c.name, SUBSTRING_INDEX(c.name, ' ', 1) AS first_word FROM customers AS c ORDER BY c.name;

-- name: last_words_of_some_names
SELECT SUBSTRING_INDEX(p.name, ' ', -1) AS last_word FROM products AS p WHERE p.category = 'Kitchen';

-- name: customers_per_first_letter
SELECT LEFT(c.name, 1) AS initial, COUNT(*) AS customers FROM customers AS c GROUP BY LEFT(c.name, 1) ORDER BY initial;

-- name: longest_names
SELECT p.name, CHAR_LENGTH(p.name) AS length FROM products AS p ORDER BY CHAR_LENGTH(p.name) DESC, p.name LIMIT 5;

-- name: padded_order_numbers
SELECT LPAD(o.order_id, 6, '0') AS order_number, o.ordered_at FROM orders AS o WHERE o.status = 'paid';

-- name: names_matching_a_regular_expression
SELECT c.name, c.city FROM customers AS c WHERE c.name REGEXP '^[A-G]';

-- name: names_not_matching_a_regular_expression
SELECT p.name FROM products AS p WHERE p.name NOT REGEXP 'a|e' OR p.price > 100;

-- name: matches_with_case
SELECT p.category, COUNT(*) AS products FROM products AS p WHERE REGEXP_LIKE(p.name, '^[S-W]', 'c') GROUP BY p.category;

-- name: names_with_blanks_replaced
SELECT p.product_id, REPLACE(LOWER(p.name), ' ', '-') AS short_name FROM products AS p WHERE p.discontinued = FALSE;

-- name: words_counted_in_names
SELECT p.name, CHAR_LENGTH(p.name) - CHAR_LENGTH(REPLACE(p.name, ' ', '')) + 1 AS words FROM products AS p ORDER BY words DESC, p.name;

-- name: names_of_a_place_respecting_case
SELECT c.name FROM customers AS c WHERE c.city COLLATE utf8mb4_bin = 'Berlin';
