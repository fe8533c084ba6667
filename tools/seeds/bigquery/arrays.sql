-- name: names_of_each_category
SELECT p.category, ARRAY_AGG(p.name ORDER BY p.name) AS names FROM products AS p GROUP BY p.category;

-- name: addresses_per_country
SELECT c.country, ARRAY_AGG(c.email IGNORE NULLS ORDER BY c.email LIMIT 3) AS addresses FROM customers AS c GROUP BY c.country;

-- name: distinct_statuses_of_customers
SELECT o.customer_id, ARRAY_AGG(DISTINCT o.status ORDER BY o.status) AS statuses FROM orders AS o GROUP BY o.customer_id;

-- name: number_of_distinct_statuses
SELECT o.customer_id, ARRAY_LENGTH(ARRAY_AGG(DISTINCT o.status)) AS statuses FROM orders AS o GROUP BY o.customer_id;

-- name: last_status_of_each_customer
SELECT o.customer_id, ARRAY_AGG(o.status ORDER BY o.ordered_at DESC, o.order_id DESC LIMIT 1)[OFFSET(0)] AS last_status FROM orders AS o GROUP BY o.customer_id;

-- name: two_dearest_products_as_text
SELECT p.category, ARRAY_TO_STRING(ARRAY_AGG(p.name ORDER BY p.price DESC, p.name LIMIT 2), ', ') AS dearest FROM products AS p GROUP BY p.category;

-- name: second_dearest_product
SELECT p.category, ARRAY_AGG(p.name ORDER BY p.price DESC, p.name LIMIT 2)[SAFE_OFFSET(1)] AS second_dearest FROM products AS p GROUP BY p.category;

-- name: orders_of_each_customer_as_array
SELECT c.name, ARRAY(SELECT o.order_id FROM orders AS o WHERE o.customer_id = c.customer_id ORDER BY o.order_id) AS orders FROM customers AS c;

-- name: number_of_words_in_names
SELECT p.name, ARRAY_LENGTH(SPLIT(p.name, ' ')) AS words FROM products AS p;

-- name: place_as_a_struct
SELECT c.name, STRUCT(c.city, c.country) AS place FROM customers AS c WHERE c.is_business;

-- name: customers_as_json
SELECT c.customer_id, TO_JSON_STRING(STRUCT(c.name, c.city)) AS customer FROM customers AS c WHERE c.country = 'Germany';

-- name: cities_of_each_country_as_json
SELECT c.country, TO_JSON_STRING(ARRAY_AGG(DISTINCT c.city ORDER BY c.city)) AS cities FROM customers AS c GROUP BY c.country;
