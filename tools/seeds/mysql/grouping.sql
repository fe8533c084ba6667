-- name: names_per_country
SELECT c.country, GROUP_CONCAT(c.name ORDER BY c.name SEPARATOR ', ') AS names FROM customers AS c GROUP BY c.country;

-- name: statuses_per_customer
SELECT o.customer_id, GROUP_CONCAT(DISTINCT o.status ORDER BY o.status SEPARATOR '|') AS statuses FROM orders AS o GROUP BY o.customer_id;

-- name: products_per_order_in_one_text
SELECT o.order_id, GROUP_CONCAT(p.name ORDER BY p.name SEPARATOR '; ') AS products FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id GROUP BY o.order_id HAVING COUNT(*) > 2;

-- name: returned_orders_counted_per_customer
SELECT o.customer_id, COUNT(*) AS orders, SUM(o.status = 'returned') AS returned FROM orders AS o GROUP BY o.customer_id;

-- name: business_share_per_country
SELECT c.country, ROUND(100 * AVG(c.is_business), 1) AS percentage FROM customers AS c GROUP BY c.country ORDER BY percentage DESC, c.country;

-- name: customers_with_any_return
SELECT c.name, BIT_OR(o.status = 'returned') AS has_returned FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name;

-- name: customers_without_any_return
SELECT o.customer_id FROM orders AS o GROUP BY o.customer_id HAVING MIN(o.status <> 'returned');

-- name: stock_per_category_with_total
SELECT p.category, SUM(p.stock) AS total_stock FROM products AS p GROUP BY p.category WITH ROLLUP;

-- name: customers_per_place_with_subtotals
SELECT c.country, c.city, COUNT(*) AS customers FROM customers AS c GROUP BY c.country, c.city WITH ROLLUP;

-- name: fees_per_status_with_labelled_total
SELECT IF(GROUPING(o.status), 'total', o.status) AS state, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY o.status WITH ROLLUP;

-- name: busy_customers_by_alias
SELECT c.name, COUNT(*) AS order_count FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name HAVING order_count >= 8 ORDER BY order_count DESC, c.name;

-- name: some_name_per_product
SELECT l.product_id, ANY_VALUE(p.name) AS name, SUM(l.quantity) AS sold FROM order_lines AS l JOIN products AS p ON l.product_id = p.product_id GROUP BY l.product_id ORDER BY sold DESC, l.product_id;

-- name: distinct_places
SELECT COUNT(DISTINCT c.country, c.city) AS places FROM customers AS c;

-- name: price_classes
SELECT FLOOR(p.price / 25) AS price_class, COUNT(*) AS products FROM products AS p GROUP BY FLOOR(p.price / 25) ORDER BY price_class;

-- name: spread_of_prices
SELECT p.category, ROUND(STDDEV_SAMP(p.price), 2) AS spread FROM products AS p GROUP BY p.category;

-- name: high_fees_per_status
SELECT o.status, SUM(IF(o.shipping_fee > 5, o.shipping_fee, 0)) AS high_fees, COUNT(IF(o.shipping_fee > 5, 1, NULL)) AS orders FROM orders AS o GROUP BY o.status;

-- name: customers_with_two_kinds_of_orders
SELECT COUNT(DISTINCT IF(o.status = 'returned', o.customer_id, NULL)) AS returning, COUNT(DISTINCT IF(o.status = 'paid', o.customer_id, NULL)) AS paying FROM orders AS o;
