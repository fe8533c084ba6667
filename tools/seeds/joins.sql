-- name: orders_with_customer_name
SELECT o.order_id, c.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id;

-- name: orders_of_a_country
SELECT o.order_id, o.ordered_at, c.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE c.country = 'Germany';

-- name: returned_orders_of_business_customers
SELECT o.order_id, c.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id WHERE o.status = 'returned' AND c.is_business = TRUE;

-- name: customers_who_paid_a_fee
SELECT DISTINCT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.shipping_fee > 5;

-- name: dearest_lines_with_product
SELECT p.name, l.unit_price FROM order_lines AS l JOIN products AS p ON l.product_id = p.product_id ORDER BY l.unit_price DESC, p.name LIMIT 10;

-- name: lines_sold_in_quantity
SELECT p.name, l.quantity, l.unit_price FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity >= 3 AND p.category IN ('Books', 'Garden', 'Kitchen');

-- name: customers_and_their_orders_by_date
SELECT c.name, o.ordered_at FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at >= '2024-01-01' ORDER BY o.ordered_at, c.name;

-- name: products_on_an_order_by_name_pattern
SELECT DISTINCT o.order_id, o.status FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id WHERE p.name LIKE '%a%';

-- name: products_bought_in_a_country
SELECT DISTINCT p.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id WHERE c.country = 'France';

-- name: orders_per_customer
SELECT c.name, COUNT(*) AS orders FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name;

-- name: orders_per_country
SELECT c.country, COUNT(*) AS orders FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.country ORDER BY orders DESC;

-- name: orders_per_customer_with_none
SELECT c.name, COUNT(o.order_id) AS orders FROM customers AS c LEFT JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name;

-- name: customers_without_orders
SELECT c.name, c.email FROM customers AS c LEFT JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.order_id IS NULL;

-- name: products_never_sold
SELECT p.name FROM products AS p LEFT JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.product_id IS NULL;

-- name: customers_with_no_returned_order
SELECT c.name FROM customers AS c LEFT JOIN orders AS o ON c.customer_id = o.customer_id AND o.status = 'returned' WHERE o.order_id IS NULL;

-- name: number_of_customers_without_orders
SELECT COUNT(*) AS customers FROM customers AS c LEFT JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.order_id IS NULL;

-- name: quantity_sold_per_product
SELECT p.name, SUM(l.quantity) AS sold FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.product_id, p.name ORDER BY sold DESC, p.name;

-- name: best_selling_product
SELECT p.name FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.product_id, p.name ORDER BY SUM(l.quantity) DESC, p.name LIMIT 1;

-- name: turnover_per_category
SELECT p.category, SUM(l.quantity * l.unit_price) AS turnover FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category;

-- name: categories_selling_well
SELECT p.category, SUM(l.quantity) AS sold FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category HAVING SUM(l.quantity) > 180;

-- name: customers_with_many_orders
SELECT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.customer_id, c.name HAVING COUNT(*) > 5;

-- name: average_fee_per_country
SELECT c.country, AVG(o.shipping_fee) AS average_fee FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.country HAVING AVG(o.shipping_fee) > 6 ORDER BY average_fee DESC;

-- name: orders_per_country_and_status
SELECT c.country, o.status, COUNT(*) AS orders FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id GROUP BY c.country, o.status;

-- name: customers_ordering_in_a_period
SELECT COUNT(DISTINCT c.customer_id) AS customers FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at BETWEEN '2023-06-01' AND '2024-03-31';

-- name: returned_orders_per_country
SELECT c.country, SUM(CASE WHEN o.status = 'returned' THEN 1 ELSE 0 END) AS returned, COUNT(*) AS orders FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.country;

-- name: products_per_order_status
SELECT o.status, COUNT(DISTINCT l.product_id) AS products FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY o.status;

-- name: spending_per_customer
SELECT c.name, SUM(l.quantity * l.unit_price) AS spent FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY c.customer_id, c.name ORDER BY spent DESC, c.name LIMIT 10;

-- name: units_per_country_and_category
SELECT c.country, p.category, SUM(l.quantity) AS units FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id GROUP BY c.country, p.category;

-- name: average_quantity_of_available_products
SELECT AVG(l.quantity) AS average_quantity FROM order_lines AS l JOIN products AS p ON l.product_id = p.product_id WHERE p.discontinued = FALSE;

-- name: referred_customers_with_referrer
SELECT c.name AS customer, r.name AS referrer FROM customers AS c JOIN customers AS r ON c.referred_by = r.customer_id;

-- name: customers_with_referrer_if_any
SELECT c.name AS customer, r.name AS referrer FROM customers AS c LEFT JOIN customers AS r ON c.referred_by = r.customer_id ORDER BY c.name;

-- name: referrals_per_customer
SELECT r.name, COUNT(*) AS referred FROM customers AS c JOIN customers AS r ON c.referred_by = r.customer_id GROUP BY r.customer_id, r.name ORDER BY referred DESC, r.name;

-- name: referred_from_another_country
SELECT c.name, c.country FROM customers AS c JOIN customers AS r ON c.referred_by = r.customer_id WHERE c.country <> r.country;

-- name: customers_of_the_same_city
SELECT a.name AS first_customer, b.name AS second_customer FROM customers AS a JOIN customers AS b ON a.city = b.city AND a.customer_id < b.customer_id;

-- name: lines_of_more_units_than_stocked
SELECT p.name, p.stock, l.quantity FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity > p.stock;

-- name: first_order_date_per_customer
SELECT c.name, MIN(o.ordered_at) AS first_order FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE c.is_business = FALSE GROUP BY c.customer_id, c.name;
