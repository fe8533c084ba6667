-- name: names_of_customers_and_products
SELECT c.name AS name FROM customers AS c UNION SELECT p.name FROM products AS p;

-- name: dates_of_joining_and_launching
SELECT c.joined_on AS day FROM customers AS c UNION ALL SELECT p.launched_on FROM products AS p;

-- name: customers_of_two_countries
SELECT c.name AS name FROM customers AS c WHERE c.country = 'Germany' UNION SELECT c.name FROM customers AS c WHERE c.country = 'France';

-- name: cities_of_business_and_private_customers
SELECT c.city AS city FROM customers AS c WHERE c.is_business = TRUE INTERSECT SELECT c.city FROM customers AS c WHERE c.is_business = FALSE;

-- name: cities_without_business_customers
SELECT c.city AS city FROM customers AS c EXCEPT SELECT c.city FROM customers AS c WHERE c.is_business = TRUE;

-- name: customers_who_never_returned
SELECT c.customer_id AS customer FROM customers AS c EXCEPT SELECT o.customer_id FROM orders AS o WHERE o.status = 'returned';

-- name: customers_who_order_and_refer
SELECT o.customer_id AS customer FROM orders AS o INTERSECT SELECT c.referred_by FROM customers AS c;

-- name: cheap_and_dear_products
SELECT p.name AS name, p.price AS price FROM products AS p WHERE p.price < 15 UNION ALL SELECT p.name, p.price FROM products AS p WHERE p.price > 80 ORDER BY price;

-- name: categories_with_dear_and_light_products
SELECT p.category AS category FROM products AS p WHERE p.price > 30 INTERSECT SELECT p.category FROM products AS p WHERE p.weight_kg < 1 ORDER BY category;

-- name: customers_who_bought_two_categories
SELECT o.customer_id AS customer FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id WHERE p.category = 'Books' INTERSECT SELECT o.customer_id FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id JOIN products AS p ON l.product_id = p.product_id WHERE p.category = 'Garden';

-- name: customers_with_shipped_but_no_returned_orders
SELECT c.name AS name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.status = 'shipped' EXCEPT SELECT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.status = 'returned';

-- name: customers_active_in_two_years
SELECT c.name AS name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at < '2024-01-01' INTERSECT SELECT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at >= '2024-01-01';

-- name: business_customers_or_payers_of_fees
SELECT c.name AS name FROM customers AS c WHERE c.is_business = TRUE UNION SELECT c.name FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.shipping_fee > 8;

-- name: products_not_sold_in_bulk
SELECT p.name AS name FROM products AS p EXCEPT SELECT p.name FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity > 3;

-- name: countries_with_and_without_returns
SELECT c.country AS country FROM customers AS c EXCEPT SELECT c.country FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.status = 'returned' AND o.shipping_fee > 5 ORDER BY country;

-- name: orders_per_status_and_country
SELECT o.status AS label, COUNT(*) AS orders FROM orders AS o GROUP BY o.status UNION ALL SELECT c.country, COUNT(*) FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id GROUP BY c.country;

-- name: number_of_customers_in_either_group
SELECT COUNT(*) AS customers FROM (SELECT o.customer_id AS customer FROM orders AS o WHERE o.status = 'placed' UNION SELECT o.customer_id FROM orders AS o WHERE o.shipping_fee > 8) AS u;

-- name: categories_by_count_or_quantity
SELECT p.category AS category FROM products AS p GROUP BY p.category HAVING COUNT(*) > 4 UNION SELECT p.category FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category HAVING SUM(l.quantity) > 200;

-- name: countries_with_many_or_rich_customers
SELECT c.country AS country FROM customers AS c GROUP BY c.country HAVING COUNT(*) > 4 UNION SELECT c.country FROM customers AS c WHERE c.credit_limit > 5000;

-- name: categories_sold_and_heavy
SELECT p.category AS category FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity >= 4 INTERSECT SELECT p.category FROM products AS p WHERE p.weight_kg > 8;

-- name: statuses_of_dear_but_not_of_cheap_shipping
SELECT o.status AS status, o.customer_id AS customer FROM orders AS o WHERE o.shipping_fee > 9 EXCEPT SELECT o.status, o.customer_id FROM orders AS o WHERE o.shipping_fee < 4;

-- name: places_of_early_and_of_rich_customers
SELECT c.country AS country, c.city AS city FROM customers AS c WHERE c.joined_on < '2022-01-01' INTERSECT SELECT c.country, c.city FROM customers AS c WHERE c.credit_limit >= 2000;

-- name: products_of_large_lines_or_high_price
SELECT p.name AS name FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id WHERE l.quantity > 5 UNION SELECT p.name FROM products AS p WHERE p.price > 100 ORDER BY name;

-- name: cities_ordering_in_both_periods
SELECT c.city AS city FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at < '2023-07-01' INTERSECT SELECT c.city FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.ordered_at >= '2024-07-01' ORDER BY city;

-- name: countries_without_placed_orders
SELECT c.country AS country FROM customers AS c WHERE c.joined_on < '2024-01-01' EXCEPT SELECT c.country FROM customers AS c JOIN orders AS o ON c.customer_id = o.customer_id WHERE o.status = 'placed' AND o.shipping_fee > 11;

-- name: categories_with_cheap_or_scarce_products
SELECT p.category AS category FROM products AS p WHERE p.price < 30 AND p.stock > 20 UNION SELECT p.category FROM products AS p WHERE p.stock < 10 ORDER BY category LIMIT 5;
