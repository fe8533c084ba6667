-- name: second_page_of_products
SELECT p.name, p.price FROM products AS p ORDER BY p.price DESC, p.product_id LIMIT 5, 10;

-- name: limits_with_unknown_last
SELECT c.name, c.credit_limit FROM customers AS c ORDER BY c.credit_limit IS NULL, c.credit_limit, c.customer_id;

-- name: orders_per_status_one_first
SELECT o.status, COUNT(*) AS orders FROM orders AS o GROUP BY o.status ORDER BY o.status = 'returned' DESC, orders DESC, o.status;

-- name: some_countries_first
SELECT c.name, c.country FROM customers AS c ORDER BY c.country IN ('Norway', 'Austria') DESC, c.country, c.name LIMIT 8;

-- name: customers_with_returned_and_paid_orders
SELECT o.customer_id FROM orders AS o WHERE o.status = 'returned' INTERSECT SELECT p.customer_id FROM orders AS p WHERE p.status = 'paid';

-- name: products_never_sold
SELECT p.product_id FROM products AS p EXCEPT SELECT l.product_id FROM order_lines AS l;

-- name: customers_and_orders_with_their_gaps
SELECT c.name, o.order_id FROM customers AS c LEFT JOIN orders AS o ON c.customer_id = o.customer_id UNION SELECT c.name, o.order_id FROM customers AS c RIGHT JOIN orders AS o ON c.customer_id = o.customer_id;

-- name: lines_of_products_sold_in_quantity
SELECT l.order_id, p.name, l.quantity FROM order_lines AS l JOIN products AS p USING (product_id) WHERE l.quantity > 4;

-- name: latest_orders_with_any_state_before
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE o.ordered_at >= ALL (SELECT p.ordered_at FROM orders AS p WHERE p.status = 'placed') ORDER BY o.ordered_at;

-- name: lines_of_the_dearest_products
SELECT l.order_id, d.name FROM order_lines AS l JOIN (SELECT p.product_id, p.name FROM products AS p ORDER BY p.price DESC, p.product_id LIMIT 3) AS d ON l.product_id = d.product_id;
