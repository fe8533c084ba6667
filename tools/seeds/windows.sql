-- name: products_ranked_by_price
SELECT p.name, p.price, RANK() OVER (ORDER BY p.price DESC) AS position FROM products AS p;

-- name: products_ranked_within_category
SELECT p.category, p.name, p.price, DENSE_RANK() OVER (PARTITION BY p.category ORDER BY p.price DESC) AS position FROM products AS p;

-- name: two_dearest_products_per_category
SELECT r.category, r.name, r.price FROM (SELECT p.category, p.name, p.price, ROW_NUMBER() OVER (PARTITION BY p.category ORDER BY p.price DESC, p.product_id) AS place FROM products AS p) AS r WHERE r.place <= 2;

-- name: newest_product_per_category
WITH ranked AS (SELECT p.category, p.name, p.launched_on, RANK() OVER (PARTITION BY p.category ORDER BY p.launched_on DESC) AS place FROM products AS p) SELECT r.category, r.name, r.launched_on FROM ranked AS r WHERE r.place = 1;

-- name: running_fees
SELECT o.order_id, o.ordered_at, SUM(o.shipping_fee) OVER (ORDER BY o.ordered_at, o.order_id) AS running_fees FROM orders AS o;

-- name: running_fees_per_customer
SELECT o.customer_id, o.ordered_at, SUM(o.shipping_fee) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id) AS running_fees FROM orders AS o;

-- name: moving_average_of_fees
SELECT o.ordered_at, o.shipping_fee, AVG(o.shipping_fee) OVER (ORDER BY o.ordered_at, o.order_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving_average FROM orders AS o;

-- name: fee_difference_to_previous_order
SELECT o.order_id, o.shipping_fee, o.shipping_fee - LAG(o.shipping_fee) OVER (ORDER BY o.ordered_at, o.order_id) AS difference FROM orders AS o;

-- name: price_beside_category_average
SELECT p.name, p.category, p.price, AVG(p.price) OVER (PARTITION BY p.category) AS category_average FROM products AS p;

-- name: price_quartiles
SELECT p.name, p.price, NTILE(4) OVER (ORDER BY p.price, p.product_id) AS quartile FROM products AS p;

-- name: customers_ranked_by_orders
SELECT c.name, COUNT(*) AS orders, RANK() OVER (ORDER BY COUNT(*) DESC) AS position FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name;

-- name: orders_numbered_per_customer
SELECT c.name, o.ordered_at, ROW_NUMBER() OVER (PARTITION BY c.customer_id ORDER BY o.ordered_at, o.order_id) AS order_number FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id;

-- name: first_order_of_each_customer
SELECT f.name, f.ordered_at FROM (SELECT c.name, o.ordered_at, ROW_NUMBER() OVER (PARTITION BY c.customer_id ORDER BY o.ordered_at, o.order_id) AS place FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id) AS f WHERE f.place = 1 ORDER BY f.name;

-- name: previous_order_of_a_customer
SELECT c.name, o.ordered_at, LAG(o.ordered_at) OVER (PARTITION BY c.customer_id ORDER BY o.ordered_at, o.order_id) AS previous_order FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE c.country = 'Germany';

-- name: best_selling_product_per_category
WITH sales AS (SELECT p.category, p.name, SUM(l.quantity) AS sold FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category, p.product_id, p.name), ranked AS (SELECT s.category, s.name, s.sold, RANK() OVER (PARTITION BY s.category ORDER BY s.sold DESC) AS place FROM sales AS s) SELECT r.category, r.name, r.sold FROM ranked AS r WHERE r.place = 1;

-- name: turnover_share_per_category
SELECT p.category, SUM(l.quantity * l.unit_price) AS turnover, SUM(l.quantity * l.unit_price) / SUM(SUM(l.quantity * l.unit_price)) OVER () AS share FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category;

-- name: running_quantity_per_product
SELECT p.name, o.ordered_at, SUM(l.quantity) OVER (PARTITION BY p.product_id ORDER BY o.ordered_at, o.order_id) AS running_quantity FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id JOIN orders AS o ON l.order_id = o.order_id;

-- name: countries_ranked_by_spending
SELECT c.country, SUM(l.quantity * l.unit_price) AS spent, DENSE_RANK() OVER (ORDER BY SUM(l.quantity * l.unit_price) DESC) AS position FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY c.country;

-- name: line_share_of_order
SELECT l.order_id, p.name, l.unit_price, SUM(l.unit_price) OVER (PARTITION BY l.order_id) AS order_total FROM order_lines AS l JOIN products AS p ON l.product_id = p.product_id WHERE l.quantity > 1;

-- name: lines_above_product_average
SELECT a.name, a.quantity FROM (SELECT p.name, l.quantity, AVG(l.quantity) OVER (PARTITION BY p.product_id) AS average_quantity FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id) AS a WHERE a.quantity > a.average_quantity;
