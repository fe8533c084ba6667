-- name: product_names_per_category
SELECT p.category, LISTAGG(p.name, ', ') WITHIN GROUP (ORDER BY p.name) AS names FROM products p GROUP BY p.category;

-- name: products_of_each_order
SELECT o.order_id, LISTAGG(p.name, ', ') WITHIN GROUP (ORDER BY p.name) AS products FROM orders o JOIN order_lines l ON l.order_id = o.order_id JOIN products p ON p.product_id = l.product_id WHERE o.status = 'returned' GROUP BY o.order_id;

-- name: statuses_of_each_customer
SELECT c.name, LISTAGG(DISTINCT o.status, '/') WITHIN GROUP (ORDER BY o.status) AS statuses FROM customers c JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.customer_id, c.name;

-- name: median_price_per_category
SELECT p.category, MEDIAN(p.price) AS median_price FROM products p GROUP BY p.category;

-- name: ninth_decile_of_prices
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY p.price) AS price FROM products p;

-- name: share_of_each_status
SELECT o.status, ROUND(RATIO_TO_REPORT(COUNT(*)) OVER (), 3) AS part FROM orders o GROUP BY o.status;

-- name: stock_share_within_category
SELECT p.category, p.name, ROUND(100 * RATIO_TO_REPORT(p.stock) OVER (PARTITION BY p.category), 1) AS percentage FROM products p;

-- name: order_counts_by_status_columns
SELECT o.customer_id, SUM(DECODE(o.status, 'shipped', 1, 0)) AS shipped, SUM(DECODE(o.status, 'returned', 1, 0)) AS returned FROM orders o GROUP BY o.customer_id;

-- name: previous_order_number
SELECT o.customer_id, o.order_id, LAG(o.order_id, 1, 0) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at) AS previous_order FROM orders o;

-- name: price_classes
SELECT WIDTH_BUCKET(p.price, 0, 150, 5) AS price_class, COUNT(*) AS products FROM products p GROUP BY WIDTH_BUCKET(p.price, 0, 150, 5);

-- name: limits_carried_by_missing_as_zero
SELECT c.country, SUM(NVL(c.credit_limit, 0)) AS total_limit, COUNT(c.credit_limit) AS known_limits FROM customers c GROUP BY c.country HAVING SUM(NVL(c.credit_limit, 0)) > 10000;

-- name: status_list_of_active_customers
SELECT o.customer_id, LISTAGG(o.status, ', ') WITHIN GROUP (ORDER BY o.ordered_at) AS history FROM orders o GROUP BY o.customer_id HAVING COUNT(*) >= 8;

-- name: next_order_time
SELECT o.customer_id, o.ordered_at, LEAD(o.ordered_at) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at) AS next_order FROM orders o WHERE o.status = 'shipped';

-- name: monthly_orders_above_a_count
WITH months AS (SELECT TRUNC(o.ordered_at, 'MM') AS month, COUNT(*) AS orders FROM orders o GROUP BY TRUNC(o.ordered_at, 'MM')) SELECT m.month, m.orders FROM months m WHERE m.orders > 8 ORDER BY m.month;

-- name: most_orders_of_a_customer
SELECT MAX(COUNT(*)) AS most_orders FROM orders o GROUP BY o.customer_id;

-- name: dearest_and_cheapest_names_per_category
SELECT p.category, MAX(p.name) KEEP (DENSE_RANK FIRST ORDER BY p.price DESC) AS dearest, MAX(p.name) KEEP (DENSE_RANK FIRST ORDER BY p.price) AS cheapest FROM products p GROUP BY p.category;

-- name: latest_status_per_customer
SELECT o.customer_id, MAX(o.status) KEEP (DENSE_RANK LAST ORDER BY o.ordered_at) AS latest_status FROM orders o GROUP BY o.customer_id;

-- name: products_with_subtotals
SELECT p.category, p.discontinued, COUNT(*) AS products FROM products p GROUP BY ROLLUP(p.category, p.discontinued);

-- name: customers_by_cube
SELECT c.country, c.is_business, COUNT(*) AS customers FROM customers c GROUP BY CUBE(c.country, c.is_business);

-- name: orders_per_status_and_all
SELECT o.status, GROUPING(o.status) AS is_total, COUNT(*) AS orders FROM orders o GROUP BY ROLLUP(o.status);
