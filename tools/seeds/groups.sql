-- name: number_of_customers
SELECT COUNT(*) AS customers FROM customers AS c;

-- name: number_of_orders_in_a_status
SELECT COUNT(*) AS orders FROM orders AS o WHERE o.status = 'returned';

-- name: number_of_cities
SELECT COUNT(DISTINCT c.city) AS cities FROM customers AS c;

-- name: average_price_of_a_category
SELECT AVG(p.price) AS average_price FROM products AS p WHERE p.category = 'Books';

-- name: price_extremes
SELECT MIN(p.price) AS lowest, MAX(p.price) AS highest, AVG(p.price) AS average FROM products AS p;

-- name: total_stock_of_available_products
SELECT SUM(p.stock) AS total_stock FROM products AS p WHERE p.discontinued = FALSE;

-- name: first_and_last_order
SELECT MIN(o.ordered_at) AS first_order, MAX(o.ordered_at) AS last_order FROM orders AS o;

-- name: customers_per_country
SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country;

-- name: customers_per_country_most_first
SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country ORDER BY COUNT(*) DESC, c.country;

-- name: average_price_per_category
SELECT p.category, AVG(p.price) AS average_price FROM products AS p GROUP BY p.category ORDER BY average_price DESC;

-- name: stock_per_category
SELECT p.category, SUM(p.stock) AS total_stock FROM products AS p GROUP BY p.category;

-- name: category_with_most_products
SELECT p.category FROM products AS p GROUP BY p.category ORDER BY COUNT(*) DESC, p.category LIMIT 1;

-- name: price_range_per_category
SELECT p.category, MIN(p.price) AS lowest, MAX(p.price) AS highest FROM products AS p GROUP BY p.category;

-- name: countries_with_many_customers
SELECT c.country, COUNT(*) AS customers FROM customers AS c GROUP BY c.country HAVING COUNT(*) > 3;

-- name: categories_above_an_average_price
SELECT p.category FROM products AS p GROUP BY p.category HAVING AVG(p.price) >= 80;

-- name: customers_per_place
SELECT c.country, c.city, COUNT(*) AS customers FROM customers AS c GROUP BY c.country, c.city ORDER BY c.country, c.city;

-- name: fees_per_status_since_a_date
SELECT o.status, SUM(o.shipping_fee) AS fees FROM orders AS o WHERE o.ordered_at >= '2023-07-01' GROUP BY o.status;

-- name: business_share_per_country
SELECT c.country, SUM(CASE WHEN c.is_business = TRUE THEN 1 ELSE 0 END) AS business_customers, COUNT(*) AS customers FROM customers AS c GROUP BY c.country;

-- name: orders_returned_and_shipped
SELECT COUNT(CASE WHEN o.status = 'returned' THEN 1 END) AS returned, COUNT(CASE WHEN o.status = 'shipped' THEN 1 END) AS shipped FROM orders AS o;

-- name: stock_of_dear_and_cheap_products_per_category
SELECT p.category, SUM(CASE WHEN p.price >= 50 THEN p.stock ELSE 0 END) AS dear_stock, SUM(CASE WHEN p.price < 50 THEN p.stock ELSE 0 END) AS cheap_stock FROM products AS p GROUP BY p.category;

-- name: customers_with_most_orders
SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id ORDER BY orders DESC, o.customer_id LIMIT 5;

-- name: cities_per_country
SELECT c.country, COUNT(DISTINCT c.city) AS cities FROM customers AS c GROUP BY c.country HAVING COUNT(DISTINCT c.city) >= 2;

-- name: customers_with_email_per_country
SELECT c.country, COUNT(c.email) AS with_email, COUNT(*) AS customers FROM customers AS c GROUP BY c.country ORDER BY customers DESC;

-- name: products_per_category_and_availability
SELECT p.category, p.discontinued, COUNT(*) AS products, AVG(p.stock) AS average_stock FROM products AS p GROUP BY p.category, p.discontinued;
