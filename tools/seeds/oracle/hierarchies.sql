-- name: referrals_below_a_customer
SELECT LEVEL AS depth, c.name FROM customers c START WITH c.customer_id = 9 CONNECT BY PRIOR c.customer_id = c.referred_by;

-- name: indented_referrals
SELECT LPAD(' ', 2 * (LEVEL - 1)) || c.name AS referral FROM customers c START WITH c.referred_by IS NULL CONNECT BY PRIOR c.customer_id = c.referred_by ORDER SIBLINGS BY c.name;

-- name: referrers_above_a_customer
SELECT LEVEL AS steps, c.name FROM customers c START WITH c.customer_id = 40 CONNECT BY PRIOR c.referred_by = c.customer_id;

-- name: referral_paths
SELECT c.name, SYS_CONNECT_BY_PATH(c.name, '/') AS path FROM customers c START WITH c.referred_by IS NULL CONNECT BY PRIOR c.customer_id = c.referred_by;
