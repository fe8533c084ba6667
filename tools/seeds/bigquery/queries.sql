-- name: countries_of_two_kinds_of_customers
SELECT c.country FROM customers AS c WHERE c.is_business UNION DISTINCT SELECT d.country FROM customers AS d WHERE d.credit_limit > 2000;

-- name: customers_without_orders
SELECT c.customer_id FROM customers AS c EXCEPT DISTINCT SELECT o.customer_id FROM orders AS o;

-- name: customers_with_two_statuses
SELECT o.customer_id FROM orders AS o WHERE o.status = 'returned' INTERSECT DISTINCT SELECT p.customer_id FROM orders AS p WHERE p.status = 'paid';

-- name: names_of_customers_and_products
SELECT c.name, 'customer' AS kind FROM customers AS c UNION ALL SELECT p.name, 'product' AS kind FROM products AS p;

-- name: orders_joined_by_using
SELECT c.name, COUNT(o.order_id) AS orders FROM customers AS c LEFT JOIN orders AS o USING (customer_id) GROUP BY c.name;

-- name: customers_by_limit_nulls_last
SELECT c.name, c.credit_limit FROM customers AS c ORDER BY c.credit_limit NULLS LAST, c.name;

-- name: products_page
SELECT p.name, p.price FROM products AS p ORDER BY p.price DESC, p.product_id LIMIT 5 OFFSET 10;

-- name: large_orders_per_status
WITH totals AS (SELECT l.order_id, SUM(l.quantity * l.unit_price) AS total FROM order_lines AS l GROUP BY l.order_id) SELECT o.status, COUNTIF(t.total > 500) AS large_orders, COUNT(*) AS orders FROM orders AS o JOIN totals AS t ON o.order_id = t.order_id GROUP BY o.status;

-- name: newest_statuses_by_qualify_in_a_cte
WITH newest AS (SELECT o.customer_id, o.status FROM orders AS o QUALIFY ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at DESC, o.order_id DESC) = 1) SELECT n.status, COUNT(*) AS customers FROM newest AS n GROUP BY n.status;

-- name: products_never_sold
SELECT p.name FROM products AS p WHERE NOT EXISTS (SELECT 1 FROM order_lines AS l WHERE l.product_id = p.product_id);
