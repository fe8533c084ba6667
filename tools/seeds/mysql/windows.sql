-- name: orders_numbered_with_the_previous
SELECT o.customer_id, o.order_id, ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id) AS order_no, LEAD(o.ordered_at) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id) AS next_order FROM orders AS o;

-- name: days_since_the_previous_order
SELECT o.customer_id, o.order_id, DATEDIFF(o.ordered_at, LAG(o.ordered_at) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id)) AS days FROM orders AS o;

-- name: orders_per_month_with_running_total
SELECT m.month, m.orders, SUM(m.orders) OVER (ORDER BY m.month) AS orders_so_far FROM (SELECT DATE_FORMAT(o.ordered_at, '%Y-%m') AS month, COUNT(*) AS orders FROM orders AS o GROUP BY DATE_FORMAT(o.ordered_at, '%Y-%m')) AS m;

-- name: change_of_fees_per_year
WITH yearly AS (SELECT YEAR(o.ordered_at) AS year, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY YEAR(o.ordered_at)) SELECT y.year, y.fees, y.fees - LAG(y.fees, 1, 0) OVER (ORDER BY y.year) AS difference FROM yearly AS y;

-- name: best_month_per_year
WITH monthly AS (SELECT YEAR(o.ordered_at) AS year, MONTHNAME(o.ordered_at) AS month, COUNT(*) AS orders FROM orders AS o GROUP BY YEAR(o.ordered_at), MONTHNAME(o.ordered_at)), ranked AS (SELECT m.year, m.month, m.orders, RANK() OVER (PARTITION BY m.year ORDER BY m.orders DESC) AS place FROM monthly AS m) SELECT r.year, r.month, r.orders FROM ranked AS r WHERE r.place = 1;

-- name: dearest_name_per_category
SELECT p.name, p.category, FIRST_VALUE(p.name) OVER (PARTITION BY p.category ORDER BY p.price DESC, p.product_id) AS dearest FROM products AS p;

-- name: stock_percentages
SELECT p.name, p.category, ROUND(100 * p.stock / SUM(p.stock) OVER (PARTITION BY p.category), 1) AS percentage FROM products AS p;

-- name: orders_within_thirty_days
SELECT o.order_id, o.ordered_at, COUNT(*) OVER (ORDER BY o.ordered_at RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW) AS recent_orders FROM orders AS o;

-- name: median_price_per_category
WITH placed AS (SELECT p.category, p.price, ROW_NUMBER() OVER (PARTITION BY p.category ORDER BY p.price, p.product_id) AS place, COUNT(*) OVER (PARTITION BY p.category) AS size FROM products AS p) SELECT d.category, AVG(d.price) AS median_price FROM placed AS d WHERE d.place IN (FLOOR((d.size + 1) / 2), CEILING((d.size + 1) / 2)) GROUP BY d.category;
