-- name: availability_in_words
SELECT p.name, IF(p.stock > 50, 'high', 'low') AS availability FROM products AS p;

-- name: products_per_availability
SELECT IF(p.stock > 50, 'high', 'low') AS availability, COUNT(*) AS products FROM products AS p GROUP BY availability;

-- name: limits_with_a_default
SELECT c.name, IFNULL(c.credit_limit, 0) AS credit_limit FROM customers AS c ORDER BY IFNULL(c.credit_limit, 0) DESC, c.name;

-- name: average_discounts_with_none_as_zero
SELECT l.order_id, SUM(l.quantity) AS pieces, AVG(IFNULL(l.discount, 0)) AS average_discount FROM order_lines AS l GROUP BY l.order_id;

-- name: emails_or_cities
SELECT c.name, IFNULL(c.email, c.city) AS contact FROM customers AS c WHERE c.country = 'France';

-- name: either_dear_or_well_stocked
SELECT p.name, p.price, p.stock FROM products AS p WHERE (p.price > 80) XOR (p.stock > 80);

-- name: customers_with_the_same_referrer
SELECT a.name, b.name AS other FROM customers AS a JOIN customers AS b ON a.referred_by <=> b.referred_by AND a.customer_id < b.customer_id;

-- name: customers_whose_email_is_not
SELECT c.name FROM customers AS c WHERE NOT (c.email <=> 'hugo.silva1@example.com') AND c.country = 'Italy';

-- name: limits_not_above_a_value
SELECT c.name, c.credit_limit FROM customers AS c WHERE (c.credit_limit > 1000) IS NOT TRUE;

-- name: customers_without_limit_per_country
SELECT c.country, SUM(ISNULL(c.credit_limit)) AS without_limit FROM customers AS c GROUP BY c.country;

-- name: prices_capped
SELECT p.name, LEAST(p.price, 50) AS capped_price, GREATEST(p.stock, 10) AS stock FROM products AS p;

-- name: average_fee_when_charged
SELECT o.status, AVG(NULLIF(o.shipping_fee, 0)) AS average_fee FROM orders AS o GROUP BY o.status;
