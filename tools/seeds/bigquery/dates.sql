-- name: orders_per_month
SELECT DATE_TRUNC(DATE(o.ordered_at), MONTH) AS month, COUNT(*) AS orders FROM orders AS o GROUP BY month ORDER BY month;

-- name: customers_per_joining_year
SELECT DATE_TRUNC(DATE(c.joined_on), YEAR) AS year, COUNT(*) AS customers FROM customers AS c GROUP BY year;

-- name: orders_per_iso_week
SELECT DATE_TRUNC(DATE(o.ordered_at), ISOWEEK) AS week, COUNT(*) AS orders FROM orders AS o GROUP BY week ORDER BY orders DESC, week LIMIT 5;

-- name: orders_per_monday_week
SELECT DATE_TRUNC(DATE(o.ordered_at), WEEK(MONDAY)) AS week, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY week ORDER BY fees DESC, week LIMIT 5;

-- name: fees_per_year_and_quarter
SELECT EXTRACT(YEAR FROM o.ordered_at) AS year, EXTRACT(QUARTER FROM o.ordered_at) AS quarter, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY year, quarter ORDER BY year, quarter;

-- name: orders_of_one_year
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE EXTRACT(YEAR FROM o.ordered_at) = 2024;

-- name: orders_per_weekday
SELECT EXTRACT(DAYOFWEEK FROM o.ordered_at) AS weekday, COUNT(*) AS orders FROM orders AS o GROUP BY weekday ORDER BY weekday;

-- name: orders_per_iso_week_number
SELECT EXTRACT(ISOYEAR FROM o.ordered_at) AS iso_year, EXTRACT(ISOWEEK FROM o.ordered_at) AS iso_week, COUNT(*) AS orders FROM orders AS o GROUP BY iso_year, iso_week;

-- name: orders_per_weekday_name
SELECT FORMAT_DATE('%A', DATE(o.ordered_at)) AS weekday, COUNT(*) AS orders FROM orders AS o GROUP BY weekday ORDER BY orders DESC, weekday;

-- name: customers_per_month_as_text
SELECT FORMAT_DATE('%Y-%m', DATE(c.joined_on)) AS month, COUNT(*) AS customers FROM customers AS c GROUP BY month ORDER BY month DESC LIMIT 6;

-- name: orders_after_joining
SELECT c.name, o.order_id, DATE_DIFF(DATE(o.ordered_at), DATE(c.joined_on), DAY) AS days FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.status = 'placed';

-- name: span_of_orders_per_customer
SELECT o.customer_id, DATE_DIFF(DATE(MAX(o.ordered_at)), DATE(MIN(o.ordered_at)), DAY) AS days FROM orders AS o GROUP BY o.customer_id ORDER BY days DESC, o.customer_id;

-- name: months_between_first_and_last_order
SELECT o.status, DATE_DIFF(DATE(MAX(o.ordered_at)), DATE(MIN(o.ordered_at)), MONTH) AS months FROM orders AS o GROUP BY o.status;

-- name: products_with_anniversary
SELECT p.name, DATE_ADD(DATE(p.launched_on), INTERVAL 1 YEAR) AS anniversary FROM products AS p WHERE p.launched_on > '2021-01-01';

-- name: deadlines_of_orders
SELECT o.order_id, DATE_ADD(DATE(o.ordered_at), INTERVAL 14 DAY) AS deadline FROM orders AS o WHERE o.status = 'shipped' ORDER BY o.ordered_at, o.order_id;

-- name: orders_of_the_last_month
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE DATE(o.ordered_at) >= (SELECT DATE_SUB(DATE(MAX(n.ordered_at)), INTERVAL 1 MONTH) FROM orders AS n);

-- name: month_ends
SELECT LAST_DAY(DATE(o.ordered_at)) AS month_end, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY month_end ORDER BY month_end DESC LIMIT 6;

-- name: days_with_most_orders
SELECT DATE(o.ordered_at) AS day, COUNT(*) AS orders FROM orders AS o GROUP BY day ORDER BY orders DESC, day LIMIT 3;

-- name: days_since_previous_order
SELECT o.order_id, DATE_DIFF(DATE(o.ordered_at), DATE(LAG(o.ordered_at) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id)), DAY) AS days FROM orders AS o;
