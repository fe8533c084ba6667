-- name: products_above_average_price
SELECT p.name, p.price FROM products AS p WHERE p.price > (SELECT AVG(q.price) FROM products AS q);

-- name: dearest_product
SELECT p.name FROM products AS p WHERE p.price = (SELECT MAX(q.price) FROM products AS q);

-- name: customers_with_an_order_in_a_status
SELECT c.name FROM customers AS c WHERE c.customer_id IN (SELECT o.customer_id FROM orders AS o WHERE o.status = 'returned');

-- name: customers_who_never_ordered
SELECT c.name, c.city FROM customers AS c WHERE NOT c.customer_id IN (SELECT o.customer_id FROM orders AS o);

-- name: customers_with_a_free_delivery
SELECT c.name FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.customer_id AND o.shipping_fee < 5);

-- name: customers_without_an_order_since_a_date
SELECT c.name FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.customer_id AND o.ordered_at >= '2024-06-01');

-- name: products_above_category_average
SELECT p.name, p.category, p.price FROM products AS p WHERE p.price > (SELECT AVG(q.price) FROM products AS q WHERE q.category = p.category);

-- name: dearest_product_of_each_category
SELECT p.category, p.name, p.price FROM products AS p WHERE p.price = (SELECT MAX(q.price) FROM products AS q WHERE q.category = p.category) ORDER BY p.category;

-- name: average_number_of_customers_per_country
SELECT AVG(g.customers) AS average_customers FROM (SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country) AS g;

-- name: categories_with_more_stock_than_a_number
SELECT g.category, g.total_stock FROM (SELECT p.category, SUM(p.stock) AS total_stock FROM products AS p GROUP BY p.category) AS g WHERE g.total_stock > 450;

-- name: lines_with_more_than_average_quantity
SELECT p.name, l.quantity FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity > (SELECT AVG(m.quantity) FROM order_lines AS m);

-- name: customer_of_the_latest_order
SELECT c.name, o.ordered_at FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at = (SELECT MAX(x.ordered_at) FROM orders AS x);

-- name: customers_who_bought_a_category
SELECT c.name FROM customers AS c WHERE c.customer_id IN (SELECT o.customer_id FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id WHERE p.category = 'Books');

-- name: products_never_returned
SELECT p.name FROM products AS p WHERE NOT p.product_id IN (SELECT l.product_id FROM order_lines AS l JOIN orders AS o ON l.order_id = o.order_id WHERE o.status = 'returned');

-- name: products_sent_at_a_high_fee
SELECT p.name, p.price FROM products AS p WHERE EXISTS (SELECT 1 FROM order_lines AS l JOIN orders AS o ON l.order_id = o.order_id WHERE l.product_id = p.product_id AND o.shipping_fee > 10);

-- name: customers_who_never_bought_large_quantities
SELECT c.name, c.country FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id WHERE o.customer_id = c.customer_id AND l.quantity > 3);

-- name: last_order_of_each_customer
SELECT c.name, o.order_id, o.ordered_at FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at = (SELECT MAX(x.ordered_at) FROM orders AS x WHERE x.customer_id = c.customer_id);

-- name: customers_with_more_orders_than_average
SELECT c.name, COUNT(*) AS orders FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name HAVING COUNT(*) > (SELECT AVG(g.orders) FROM (SELECT x.customer_id, COUNT(*) AS orders FROM orders AS x GROUP BY x.customer_id) AS g);

-- name: customers_joined_to_their_order_count
SELECT c.name, g.orders FROM customers AS c JOIN (SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id) AS g ON c.customer_id = g.customer_id WHERE g.orders > 4;

-- name: products_with_their_total_quantity
SELECT p.name, g.sold FROM products AS p LEFT JOIN (SELECT l.product_id, SUM(l.quantity) AS sold FROM order_lines AS l GROUP BY l.product_id) AS g ON p.product_id = g.product_id ORDER BY p.name;

-- name: orders_with_fee_above_country_average
SELECT o.order_id, c.country, o.shipping_fee FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE o.shipping_fee > (SELECT AVG(x.shipping_fee) FROM orders AS x JOIN customers AS d ON x.customer_id = d.customer_id WHERE d.country = c.country);

-- name: customers_with_a_higher_limit_than_their_referrer
SELECT c.name, c.credit_limit FROM customers AS c WHERE c.credit_limit > (SELECT r.credit_limit FROM customers AS r WHERE r.customer_id = c.referred_by);

-- name: categories_of_products_sold_in_bulk
SELECT DISTINCT p.category FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.order_id IN (SELECT o.order_id FROM orders AS o WHERE o.status = 'shipped') AND l.quantity >= 3;

-- name: highest_spending_per_country
SELECT g.country, MAX(g.spent) AS highest FROM (SELECT c.country, c.customer_id, SUM(l.quantity * l.unit_price) AS spent FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY c.country, c.customer_id) AS g GROUP BY g.country;
