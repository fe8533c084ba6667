-- name: orders_per_month
SELECT TO_CHAR(o.ordered_at, 'YYYY-MM') AS month, COUNT(*) AS orders FROM orders o GROUP BY TO_CHAR(o.ordered_at, 'YYYY-MM') ORDER BY TO_CHAR(o.ordered_at, 'YYYY-MM');

-- name: fees_per_month
SELECT TRUNC(o.ordered_at, 'MM') AS month, SUM(o.shipping_fee) AS fees FROM orders o GROUP BY TRUNC(o.ordered_at, 'MM') ORDER BY TRUNC(o.ordered_at, 'MM');

-- name: customers_joined_per_quarter
SELECT TRUNC(c.joined_on, 'Q') AS quarter, COUNT(*) AS customers FROM customers c GROUP BY TRUNC(c.joined_on, 'Q') ORDER BY TRUNC(c.joined_on, 'Q');

-- name: customers_joined_per_year
SELECT EXTRACT(YEAR FROM c.joined_on) AS year, COUNT(*) AS customers FROM customers c GROUP BY EXTRACT(YEAR FROM c.joined_on) ORDER BY EXTRACT(YEAR FROM c.joined_on);

-- name: days_with_several_orders
SELECT TRUNC(o.ordered_at) AS day, COUNT(*) AS orders FROM orders o GROUP BY TRUNC(o.ordered_at) HAVING COUNT(*) > 1;

-- name: orders_of_a_quarter
SELECT o.order_id, o.ordered_at FROM orders o WHERE o.ordered_at >= TO_DATE('2024-01-01', 'YYYY-MM-DD') AND o.ordered_at < TO_DATE('2024-04-01', 'YYYY-MM-DD');

-- name: orders_of_a_year
SELECT COUNT(*) AS orders FROM orders o WHERE EXTRACT(YEAR FROM o.ordered_at) = 2024;

-- name: customers_since_a_date
SELECT c.name, TO_CHAR(c.joined_on, 'DD Mon YYYY') AS joined FROM customers c WHERE c.joined_on >= DATE '2023-01-01' ORDER BY c.joined_on;

-- name: warranty_ends
SELECT p.name, ADD_MONTHS(p.launched_on, 24) AS warranty_ends FROM products p WHERE p.category = 'Kitchen';

-- name: orders_of_the_last_half_year
SELECT COUNT(*) AS orders FROM orders o WHERE o.ordered_at >= ADD_MONTHS(DATE '2024-12-31', -6);

-- name: months_from_launch_to_a_date
SELECT p.name, ROUND(MONTHS_BETWEEN(DATE '2024-12-31', p.launched_on), 1) AS months FROM products p ORDER BY p.launched_on;

-- name: days_as_customer
SELECT c.name, DATE '2024-12-31' - c.joined_on AS days FROM customers c WHERE c.country = 'Italy';

-- name: days_left_in_month_of_joining
SELECT c.name, LAST_DAY(c.joined_on) - c.joined_on AS days_left FROM customers c;

-- name: days_from_joining_to_order
SELECT c.name, o.order_id, TRUNC(CAST(o.ordered_at AS DATE)) - c.joined_on AS days FROM customers c JOIN orders o ON o.customer_id = c.customer_id WHERE o.status = 'returned';

-- name: orders_in_the_first_days
SELECT c.name, o.order_id FROM customers c JOIN orders o ON o.customer_id = c.customer_id WHERE o.ordered_at BETWEEN c.joined_on AND c.joined_on + 90;

-- name: orders_per_weekday
SELECT TO_CHAR(o.ordered_at, 'DY') AS weekday, COUNT(*) AS orders FROM orders o GROUP BY TO_CHAR(o.ordered_at, 'DY') ORDER BY COUNT(*) DESC;

-- name: evening_orders
SELECT o.order_id, o.ordered_at FROM orders o WHERE EXTRACT(HOUR FROM o.ordered_at) >= 18 ORDER BY o.ordered_at;

-- name: packed_within_two_days
SELECT o.order_id, o.ordered_at + INTERVAL '2' DAY AS packed_by FROM orders o WHERE o.status = 'paid';
