-- name: addresses_or_none
SELECT c.name, NVL(c.email, 'none') AS email FROM customers c ORDER BY c.name;

-- name: referred_and_direct_customers
SELECT NVL2(c.referred_by, 'referred', 'direct') AS origin, COUNT(*) AS customers FROM customers c GROUP BY NVL2(c.referred_by, 'referred', 'direct');

-- name: referral_words
SELECT c.name, NVL2(c.referred_by, 'yes', 'no') AS referred FROM customers c WHERE c.country = 'Germany';

-- name: state_of_orders
SELECT o.order_id, DECODE(o.status, 'placed', 'open', 'paid', 'open', 'done') AS state FROM orders o;

-- name: orders_per_state
SELECT DECODE(o.status, 'placed', 'open', 'paid', 'open', 'done') AS state, COUNT(*) AS orders FROM orders o GROUP BY DECODE(o.status, 'placed', 'open', 'paid', 'open', 'done');

-- name: business_flag_in_words
SELECT c.name, DECODE(c.is_business, 1, 'company', 'person') AS kind FROM customers c ORDER BY c.name;

-- name: companies_per_country
SELECT c.country, SUM(DECODE(c.is_business, 1, 1, 0)) AS companies FROM customers c GROUP BY c.country ORDER BY c.country;

-- name: average_limit_with_missing_as_zero
SELECT c.country, ROUND(AVG(NVL(c.credit_limit, 0)), 2) AS average_limit FROM customers c GROUP BY c.country;

-- name: customers_by_limit_missing_last
SELECT c.name, c.credit_limit FROM customers c ORDER BY c.credit_limit DESC NULLS LAST, c.name;

-- name: limit_at_least_a_thousand
SELECT c.name, GREATEST(NVL(c.credit_limit, 0), 1000) AS usable_limit FROM customers c WHERE c.is_business = 1;

-- name: discontinued_products
SELECT p.name, p.category FROM products p WHERE p.discontinued = 1 ORDER BY p.name;

-- name: customers_named_with_place
SELECT c.name || ' (' || c.city || ', ' || c.country || ')' AS label FROM customers c WHERE c.customer_id <= 20;

-- name: first_and_last_names
SELECT SUBSTR(c.name, 1, INSTR(c.name, ' ') - 1) AS first_name, SUBSTR(c.name, INSTR(c.name, ' ') + 1) AS last_name FROM customers c;

-- name: endings_of_product_names
SELECT p.name, SUBSTR(p.name, -3) AS ending FROM products p WHERE p.category = 'Garden';

-- name: products_by_first_letter
SELECT SUBSTR(p.name, 1, 1) AS letter, COUNT(*) AS products FROM products p GROUP BY SUBSTR(p.name, 1, 1) ORDER BY COUNT(*) DESC, SUBSTR(p.name, 1, 1);

-- name: product_names_holding_a_word
SELECT p.name FROM products p WHERE INSTR(LOWER(p.name), 'train') > 0;

-- name: customers_by_name_pattern
SELECT c.name FROM customers c WHERE REGEXP_LIKE(c.name, '^(Anna|Olga) ') ORDER BY c.name;

-- name: stock_in_words
SELECT p.name, CASE WHEN p.stock > 100 THEN 'many' ELSE TO_CHAR(p.stock) END AS supply FROM products p;

-- name: dozens_in_stock
SELECT p.name, TRUNC(p.stock / 12) AS dozens, MOD(p.stock, 12) AS pieces FROM products p WHERE p.stock >= 12;

-- name: padded_order_numbers
SELECT LPAD(o.order_id, 6, '0') AS order_number, INITCAP(o.status) AS status FROM orders o WHERE o.shipping_fee > 9;
