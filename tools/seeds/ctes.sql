-- name: countries_above_a_count
WITH totals AS (SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country) SELECT t.country, t.customers FROM totals AS t WHERE t.customers >= 3 ORDER BY t.customers DESC, t.country;

-- name: categories_above_mean_stock
WITH totals AS (SELECT p.category, SUM(p.stock) AS total_stock FROM products AS p GROUP BY p.category) SELECT t.category, t.total_stock FROM totals AS t WHERE t.total_stock > (SELECT AVG(u.total_stock) FROM totals AS u);

-- name: busiest_customer_count
WITH counts AS (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id) SELECT MAX(n.orders) AS most, MIN(n.orders) AS fewest, AVG(n.orders) AS average FROM counts AS n;

-- name: customers_with_the_most_orders
WITH counts AS (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id) SELECT c.name, n.orders FROM customers AS c JOIN counts AS n ON c.customer_id = n.customer_id WHERE n.orders = (SELECT MAX(m.orders) FROM counts AS m);

-- name: recent_customers_and_their_orders
WITH recent AS (SELECT o.order_id, o.customer_id, o.ordered_at FROM orders AS o WHERE o.ordered_at >= '2024-01-01') SELECT c.name, r.order_id, r.ordered_at FROM customers AS c JOIN recent AS r ON c.customer_id = r.customer_id;

-- name: customers_without_recent_orders
WITH recent AS (SELECT DISTINCT o.customer_id FROM orders AS o WHERE o.ordered_at >= '2024-01-01') SELECT c.name FROM customers AS c LEFT JOIN recent AS r ON c.customer_id = r.customer_id WHERE r.customer_id IS NULL;

-- name: order_totals_above_a_value
WITH totals AS (SELECT l.order_id, SUM(l.quantity * l.unit_price) AS total FROM order_lines AS l GROUP BY l.order_id) SELECT o.order_id, o.status, t.total FROM orders AS o JOIN totals AS t ON o.order_id = t.order_id WHERE t.total > 500 ORDER BY t.total DESC, o.order_id;

-- name: average_order_value_per_status
WITH totals AS (SELECT l.order_id, SUM(l.quantity * l.unit_price) AS total FROM order_lines AS l GROUP BY l.order_id) SELECT o.status, AVG(t.total) AS average_total FROM orders AS o JOIN totals AS t ON o.order_id = t.order_id GROUP BY o.status;

-- name: average_order_value_per_country
WITH totals AS (SELECT o.customer_id, o.order_id, SUM(l.quantity) AS units FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY o.customer_id, o.order_id) SELECT c.country, AVG(t.units) AS average_units FROM customers AS c JOIN totals AS t ON c.customer_id = t.customer_id GROUP BY c.country ORDER BY average_units DESC;

-- name: products_against_category_average
WITH averages AS (SELECT p.category, AVG(p.price) AS average_price FROM products AS p GROUP BY p.category) SELECT q.name, q.price, a.average_price FROM products AS q JOIN averages AS a ON q.category = a.category WHERE q.price > a.average_price;

-- name: customers_with_orders_and_referrals
WITH counts AS (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id), referrals AS (SELECT c.referred_by, COUNT(*) AS referred FROM customers AS c WHERE NOT c.referred_by IS NULL GROUP BY c.referred_by) SELECT n.customer_id, n.orders, r.referred FROM counts AS n JOIN referrals AS r ON n.customer_id = r.referred_by;

-- name: shipped_and_returned_per_customer
WITH shipped AS (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o WHERE o.status = 'shipped' GROUP BY o.customer_id), returned AS (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o WHERE o.status = 'returned' GROUP BY o.customer_id) SELECT s.customer_id, s.orders AS shipped_orders, r.orders AS returned_orders FROM shipped AS s LEFT JOIN returned AS r ON s.customer_id = r.customer_id;

-- name: categories_sold_more_than_stocked
WITH sold AS (SELECT p.category, SUM(l.quantity) AS units FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category), stocked AS (SELECT p.category, SUM(p.stock) AS units FROM products AS p GROUP BY p.category) SELECT s.category, s.units AS sold_units, k.units AS stocked_units FROM sold AS s JOIN stocked AS k ON s.category = k.category;

-- name: rank_of_countries
WITH totals AS (SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country) SELECT t.country, t.customers, RANK() OVER (ORDER BY t.customers DESC) AS position FROM totals AS t;

-- name: number_of_active_customers
WITH active AS (SELECT o.customer_id FROM orders AS o GROUP BY o.customer_id HAVING COUNT(*) >= 5) SELECT COUNT(*) AS customers FROM active AS a;

-- name: top_customers_of_business
WITH business AS (SELECT c.customer_id, c.name FROM customers AS c WHERE c.is_business = TRUE) SELECT b.name, SUM(o.shipping_fee) AS fees FROM business AS b JOIN orders AS o ON b.customer_id = o.customer_id GROUP BY b.customer_id, b.name ORDER BY fees DESC, b.name LIMIT 3;

-- name: spending_classes
WITH spending AS (SELECT o.customer_id, SUM(l.quantity * l.unit_price) AS spent FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY o.customer_id) SELECT CASE WHEN s.spent >= 3000 THEN 'high' ELSE 'low' END AS class, COUNT(*) AS customers FROM spending AS s GROUP BY CASE WHEN s.spent >= 3000 THEN 'high' ELSE 'low' END;

-- name: products_of_popular_categories
WITH popular AS (SELECT p.category FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category HAVING COUNT(*) > 76) SELECT q.name, q.price FROM products AS q WHERE q.category IN (SELECT c.category FROM popular AS c) ORDER BY q.price DESC, q.name;

-- name: countries_with_high_average_limit
WITH averages AS (SELECT c.country, AVG(c.credit_limit) AS average_limit, COUNT(*) AS customers FROM customers AS c GROUP BY c.country) SELECT a.country, a.average_limit FROM averages AS a WHERE a.customers >= 2 ORDER BY a.average_limit DESC, a.country;

-- name: cheap_products_by_category
WITH cheap AS (SELECT p.category, p.name, p.price FROM products AS p WHERE p.price < 80) SELECT h.category, COUNT(*) AS products, MIN(h.price) AS lowest FROM cheap AS h GROUP BY h.category;

-- name: fees_per_status_above_their_average
WITH fees AS (SELECT o.status, SUM(o.shipping_fee) AS fees FROM orders AS o GROUP BY o.status) SELECT f.status, f.fees FROM fees AS f WHERE f.fees >= (SELECT AVG(g.fees) FROM fees AS g) ORDER BY f.fees DESC;

-- name: customers_with_a_late_last_order
WITH latest AS (SELECT o.customer_id, MAX(o.ordered_at) AS last_order FROM orders AS o GROUP BY o.customer_id) SELECT c.name, t.last_order FROM customers AS c JOIN latest AS t ON c.customer_id = t.customer_id WHERE t.last_order >= '2024-06-01';

-- name: orders_of_rich_customers_per_status
WITH rich AS (SELECT c.customer_id, c.country FROM customers AS c WHERE c.credit_limit > 1500) SELECT o.status, COUNT(*) AS orders FROM orders AS o JOIN rich AS r ON o.customer_id = r.customer_id GROUP BY o.status ORDER BY orders DESC, o.status;

-- name: second_dearest_product_per_category
WITH ranked AS (SELECT p.category, p.name, p.price, DENSE_RANK() OVER (PARTITION BY p.category ORDER BY p.price DESC) AS place FROM products AS p) SELECT r.category, r.name, r.price FROM ranked AS r WHERE r.place = 2;

-- name: range_of_quantities_per_product
WITH sold AS (SELECT l.product_id, MIN(l.quantity) AS least, MAX(l.quantity) AS most FROM order_lines AS l GROUP BY l.product_id) SELECT p.name, s.least, s.most FROM products AS p JOIN sold AS s ON p.product_id = s.product_id WHERE s.most >= 4 ORDER BY p.name;
