-- name: customers_without_orders_plus
SELECT c.name FROM customers c, orders o WHERE c.customer_id = o.customer_id (+) AND o.order_id IS NULL;

-- name: order_counts_of_all_customers_plus
SELECT c.name, COUNT(o.order_id) AS orders FROM customers c, orders o WHERE c.customer_id = o.customer_id (+) GROUP BY c.customer_id, c.name ORDER BY COUNT(o.order_id) DESC, c.name;

-- name: returned_orders_of_all_customers_plus
SELECT c.name, COUNT(o.order_id) AS returned_orders FROM customers c, orders o WHERE o.customer_id (+) = c.customer_id AND o.status (+) = 'returned' GROUP BY c.customer_id, c.name;

-- name: unsold_products_plus
SELECT p.name, p.price FROM products p, order_lines l WHERE p.product_id = l.product_id (+) AND l.product_id IS NULL;

-- name: customers_and_referrers_plus
SELECT c.name, NVL(r.name, 'nobody') AS referrer FROM customers c, customers r WHERE c.referred_by = r.customer_id (+) ORDER BY c.name;

-- name: customers_minus_buyers
SELECT c.customer_id FROM customers c MINUS SELECT o.customer_id FROM orders o;

-- name: countries_minus_those_of_companies
SELECT c.country FROM customers c MINUS SELECT b.country FROM customers b WHERE b.is_business = 1;

-- name: buyers_with_placed_and_returned_orders
SELECT o.customer_id FROM orders o WHERE o.status = 'placed' INTERSECT SELECT r.customer_id FROM orders r WHERE r.status = 'returned';

-- name: products_never_returned
SELECT p.name FROM products p MINUS SELECT q.name FROM products q JOIN order_lines l ON l.product_id = q.product_id JOIN orders o ON o.order_id = l.order_id WHERE o.status = 'returned' AND l.quantity > 2;

-- name: products_above_all_books
SELECT p.name, p.price FROM products p WHERE p.price > ALL (SELECT q.price FROM products q WHERE q.category = 'Books');
