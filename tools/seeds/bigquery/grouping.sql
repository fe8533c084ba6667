-- name: returned_orders_per_customer
SELECT o.customer_id, COUNT(*) AS orders, COUNTIF(o.status = 'returned') AS returned FROM orders AS o GROUP BY o.customer_id;

-- name: returns_of_frequent_customers
SELECT o.customer_id, COUNTIF(o.status = 'returned') AS returned FROM orders AS o GROUP BY o.customer_id HAVING COUNT(*) >= 5 ORDER BY returned DESC, o.customer_id;

-- name: share_of_returns_per_country
SELECT c.country, SAFE_DIVIDE(COUNTIF(o.status = 'returned'), COUNT(*)) AS returned_share FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.country;

-- name: returned_per_shipped
SELECT o.customer_id, SAFE_DIVIDE(COUNTIF(o.status = 'returned'), COUNTIF(o.status = 'shipped')) AS ratio FROM orders AS o GROUP BY o.customer_id ORDER BY ratio DESC, o.customer_id LIMIT 5;

-- name: dear_and_other_products_per_category
SELECT p.category, COUNTIF(p.price > 60) AS dear, COUNTIF(NOT p.price > 60) AS others FROM products AS p GROUP BY p.category;

-- name: stock_of_dear_products_per_category
SELECT p.category, SUM(IF(p.price > 60, p.stock, 0)) AS dear_stock, SUM(p.stock) AS total_stock FROM products AS p GROUP BY p.category;

-- name: average_price_of_offered_products
SELECT p.category, AVG(IF(p.discontinued, NULL, p.price)) AS average_price FROM products AS p GROUP BY p.category;

-- name: business_limits_per_country
SELECT c.country, SUM(IF(c.is_business, c.credit_limit, 0)) AS business_limits, COUNTIF(c.is_business) AS business_customers FROM customers AS c GROUP BY c.country;

-- name: customers_without_email_per_country
SELECT c.country, COUNTIF(c.email IS NULL) AS without_email, COUNT(*) AS customers FROM customers AS c GROUP BY c.country;

-- name: names_per_country
SELECT c.country, STRING_AGG(c.name, ', ' ORDER BY c.name) AS customers FROM customers AS c GROUP BY c.country;

-- name: statuses_per_customer
SELECT o.customer_id, STRING_AGG(DISTINCT o.status, ', ' ORDER BY o.status) AS statuses FROM orders AS o GROUP BY o.customer_id;

-- name: three_names_per_category
SELECT p.category, STRING_AGG(p.name, '; ' ORDER BY p.name LIMIT 3) AS first_names FROM products AS p GROUP BY p.category;

-- name: dearest_product_per_category
SELECT p.category, ANY_VALUE(p.name HAVING MAX p.price) AS dearest FROM products AS p GROUP BY p.category;

-- name: cheapest_and_dearest_product
SELECT ANY_VALUE(p.name HAVING MIN p.price) AS cheapest, ANY_VALUE(p.name HAVING MAX p.price) AS dearest FROM products AS p;

-- name: customers_who_returned_something
SELECT o.customer_id, LOGICAL_OR(o.status = 'returned') AS has_returned FROM orders AS o GROUP BY o.customer_id;

-- name: categories_with_a_dear_product
SELECT p.category FROM products AS p GROUP BY p.category HAVING LOGICAL_OR(p.price > 100);

-- name: customers_who_never_returned
SELECT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name HAVING LOGICAL_AND(o.status <> 'returned');

-- name: customers_per_place_grouped_by_all
SELECT c.country, c.city, COUNT(*) AS customers FROM customers AS c GROUP BY ALL ORDER BY customers DESC, c.country, c.city;

-- name: price_deviation_per_category
SELECT p.category, ROUND(STDDEV(p.price), 2) AS deviation FROM products AS p GROUP BY p.category ORDER BY deviation DESC;

-- name: countries_by_alias_in_having
SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country HAVING customers > 3 ORDER BY customers DESC, c.country;

-- name: fees_with_a_total
SELECT o.status, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY ROLLUP (o.status);

-- name: products_with_subtotals
SELECT p.category, p.discontinued, COUNT(*) AS products FROM products AS p GROUP BY ROLLUP (p.category, p.discontinued);

-- name: customers_by_country_and_by_kind
SELECT c.country, c.is_business, COUNT(*) AS customers FROM customers AS c GROUP BY GROUPING SETS (c.country, c.is_business);

-- name: limits_cubed
SELECT c.country, c.is_business, MAX(c.credit_limit) AS highest_limit FROM customers AS c GROUP BY CUBE (c.country, c.is_business);
