-- name: orders_per_month
SELECT DATE_FORMAT(o.ordered_at, '%Y-%m') AS month, COUNT(*) AS orders FROM orders AS o GROUP BY DATE_FORMAT(o.ordered_at, '%Y-%m') ORDER BY month;

-- name: fees_per_year_and_quarter
SELECT YEAR(o.ordered_at) AS year, QUARTER(o.ordered_at) AS quarter, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY YEAR(o.ordered_at), QUARTER(o.ordered_at) ORDER BY year, quarter;

-- name: orders_per_weekday
SELECT DAYNAME(o.ordered_at) AS weekday_name, COUNT(*) AS orders FROM orders AS o GROUP BY DAYNAME(o.ordered_at) ORDER BY orders DESC, weekday_name;

-- name: fees_per_number_of_weekday
SELECT WEEKDAY(o.ordered_at) AS weekday_number, AVG(o.shipping_fee) AS average_fee FROM orders AS o GROUP BY WEEKDAY(o.ordered_at) ORDER BY weekday_number;

-- name: orders_per_week
SELECT YEARWEEK(o.ordered_at, 3) AS week, COUNT(*) AS orders FROM orders AS o GROUP BY YEARWEEK(o.ordered_at, 3) HAVING COUNT(*) >= 3;

-- name: customers_by_joining_month
SELECT EXTRACT(MONTH FROM c.joined_on) AS month, COUNT(*) AS customers FROM customers AS c GROUP BY EXTRACT(MONTH FROM c.joined_on);

-- name: orders_after_joining
SELECT c.name, o.order_id, DATEDIFF(o.ordered_at, c.joined_on) AS days FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id ORDER BY days DESC, o.order_id LIMIT 10;

-- name: span_of_orders_per_customer
SELECT o.customer_id, DATEDIFF(MAX(o.ordered_at), MIN(o.ordered_at)) AS days FROM orders AS o GROUP BY o.customer_id ORDER BY days DESC, o.customer_id;

-- name: months_between_first_and_last_order
SELECT o.status, TIMESTAMPDIFF(MONTH, MIN(o.ordered_at), MAX(o.ordered_at)) AS months FROM orders AS o GROUP BY o.status;

-- name: products_of_a_year_with_anniversary
SELECT p.name, DATE_ADD(p.launched_on, INTERVAL 1 YEAR) AS anniversary FROM products AS p WHERE YEAR(p.launched_on) = 2021;

-- name: deadlines_of_orders
SELECT o.order_id, o.ordered_at + INTERVAL 14 DAY AS deadline FROM orders AS o WHERE o.status = 'shipped' ORDER BY o.ordered_at;

-- name: orders_of_the_last_month
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE o.ordered_at >= (SELECT DATE_SUB(MAX(n.ordered_at), INTERVAL 1 MONTH) FROM orders AS n);

-- name: month_ends
SELECT LAST_DAY(o.ordered_at) AS month_end, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY LAST_DAY(o.ordered_at) ORDER BY month_end DESC LIMIT 6;

-- name: days_with_most_orders
SELECT DATE(o.ordered_at) AS day, COUNT(*) AS orders FROM orders AS o GROUP BY DATE(o.ordered_at) ORDER BY orders DESC, day LIMIT 5;

-- name: joining_days_in_words
SELECT c.name, DATE_FORMAT(c.joined_on, '%W, %e %M %Y') AS joined FROM customers AS c WHERE c.is_business = TRUE;

-- name: first_days_of_joining_months
SELECT STR_TO_DATE(DATE_FORMAT(c.joined_on, '%Y-%m-01'), '%Y-%m-%d') AS month_start, COUNT(*) AS customers FROM customers AS c GROUP BY month_start ORDER BY month_start;

-- name: customers_joined_before_their_first_order_month
SELECT c.name, PERIOD_DIFF(EXTRACT(YEAR_MONTH FROM MIN(o.ordered_at)), EXTRACT(YEAR_MONTH FROM c.joined_on)) AS months FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name, c.joined_on;
