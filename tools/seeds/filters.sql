-- name: customers_with_high_limit
SELECT c.name, c.credit_limit FROM customers AS c WHERE c.credit_limit > 2000;

-- name: orders_in_one_status
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE o.status = 'shipped';

-- name: customers_outside_one_country
SELECT c.name, c.city FROM customers AS c WHERE c.country <> 'Germany';

-- name: products_in_price_range
SELECT p.name, p.price FROM products AS p WHERE p.price BETWEEN 10 AND 60;

-- name: orders_in_some_statuses
SELECT o.order_id, o.status, o.ordered_at FROM orders AS o WHERE o.status IN ('placed', 'paid');

-- name: products_not_in_some_categories
SELECT p.name, p.category FROM products AS p WHERE NOT p.category IN ('Garden', 'Books');

-- name: customers_by_name_pattern
SELECT c.name FROM customers AS c WHERE c.name LIKE '%a%';

-- name: products_by_name_pattern_and_price
SELECT p.name, p.price FROM products AS p WHERE p.name LIKE '%e%' AND p.price < 100;

-- name: customers_without_email
SELECT c.name, c.country FROM customers AS c WHERE c.email IS NULL;

-- name: early_customers_with_email
SELECT c.name, c.email, c.joined_on FROM customers AS c WHERE NOT c.email IS NULL AND c.joined_on < '2023-06-01';

-- name: business_customers
SELECT c.name, c.city FROM customers AS c WHERE c.is_business = TRUE ORDER BY c.name;

-- name: available_products_by_stock
SELECT p.name, p.stock FROM products AS p WHERE p.discontinued = FALSE AND p.stock >= 5 ORDER BY p.stock DESC;

-- name: cheap_or_scarce_products
SELECT p.name, p.price, p.stock FROM products AS p WHERE p.price < 20 OR p.stock < 30;

-- name: most_expensive_products
SELECT p.name, p.price FROM products AS p ORDER BY p.price DESC, p.name LIMIT 5;

-- name: cheapest_products_of_a_category
SELECT p.name FROM products AS p WHERE p.category = 'Books' ORDER BY p.price, p.name LIMIT 3;

-- name: countries_of_customers
SELECT DISTINCT c.country FROM customers AS c ORDER BY c.country;

-- name: places_of_business_customers
SELECT DISTINCT c.country, c.city FROM customers AS c WHERE c.is_business = TRUE;

-- name: orders_in_a_period
SELECT o.order_id, o.ordered_at FROM orders AS o WHERE o.ordered_at BETWEEN '2023-03-01' AND '2024-06-30' ORDER BY o.ordered_at;

-- name: latest_orders_with_fee
SELECT o.order_id, o.ordered_at, o.shipping_fee FROM orders AS o WHERE o.shipping_fee > 0 ORDER BY o.ordered_at DESC LIMIT 10;

-- name: referred_customers_of_two_countries
SELECT c.name, c.country FROM customers AS c WHERE NOT c.referred_by IS NULL AND (c.country = 'Germany' OR c.country = 'France');
