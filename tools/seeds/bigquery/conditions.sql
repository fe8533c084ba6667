-- name: availability_in_words
SELECT p.name, IF(p.stock > 50, 'plenty', 'scarce') AS availability FROM products AS p;

-- name: products_per_availability
SELECT IF(p.stock > 50, 'plenty', 'scarce') AS availability, COUNT(*) AS products FROM products AS p GROUP BY availability;

-- name: limits_with_a_default
SELECT c.name, IFNULL(c.credit_limit, 0) AS credit_limit FROM customers AS c ORDER BY credit_limit DESC, c.name;

-- name: emails_or_cities
SELECT c.name, IFNULL(c.email, c.city) AS contact FROM customers AS c WHERE c.country = 'France';

-- name: others_with_the_same_referrer
SELECT a.name, COUNT(*) AS others FROM customers AS a JOIN customers AS b ON a.referred_by IS NOT DISTINCT FROM b.referred_by AND a.customer_id < b.customer_id GROUP BY a.customer_id, a.name ORDER BY others DESC, a.name;

-- name: customers_whose_email_is_not
SELECT c.name FROM customers AS c WHERE c.email IS DISTINCT FROM 'hugo.silva1@example.com' AND c.country = 'Italy';

-- name: limits_not_above_a_value
SELECT c.name, c.credit_limit FROM customers AS c WHERE (c.credit_limit > 1000) IS NOT TRUE;

-- name: business_customers_as_a_condition
SELECT c.name, c.city FROM customers AS c WHERE c.is_business AND c.email IS NOT NULL;

-- name: products_still_offered
SELECT p.category, COUNT(*) AS products FROM products AS p WHERE NOT p.discontinued GROUP BY p.category ORDER BY products DESC, p.category;

-- name: average_fee_when_charged
SELECT o.status, AVG(NULLIF(o.shipping_fee, 0)) AS average_fee FROM orders AS o GROUP BY o.status;

-- name: prices_capped
SELECT p.name, LEAST(p.price, 50) AS capped_price, GREATEST(p.stock, 10) AS stock FROM products AS p;
