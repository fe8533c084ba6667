-- name: dearest_products_by_qualify
SELECT p.category, p.name, p.price FROM products AS p QUALIFY ROW_NUMBER() OVER (PARTITION BY p.category ORDER BY p.price DESC, p.product_id) <= 2;

-- name: newest_order_of_each_customer
SELECT o.customer_id, o.order_id, o.status FROM orders AS o QUALIFY ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at DESC, o.order_id DESC) = 1;

-- name: ranks_by_alias_in_qualify
SELECT p.name, p.category, RANK() OVER (PARTITION BY p.category ORDER BY p.price DESC) AS place FROM products AS p QUALIFY place <= 3 ORDER BY p.category, place, p.name;

-- name: first_customers_of_business_countries
SELECT c.country, c.name FROM customers AS c WHERE c.is_business QUALIFY RANK() OVER (PARTITION BY c.country ORDER BY c.joined_on) = 1;

-- name: products_above_category_average
SELECT p.name, p.category, p.price FROM products AS p QUALIFY p.price > AVG(p.price) OVER (PARTITION BY p.category);

-- name: customers_ranked_by_orders
SELECT o.customer_id, COUNT(*) AS orders FROM orders AS o GROUP BY o.customer_id QUALIFY RANK() OVER (ORDER BY COUNT(*) DESC) <= 3;

-- name: median_price_per_category
SELECT DISTINCT p.category, PERCENTILE_CONT(p.price, 0.5) OVER (PARTITION BY p.category) AS median_price FROM products AS p;

-- name: ninetieth_percentile_of_fees
SELECT DISTINCT o.status, PERCENTILE_DISC(o.shipping_fee, 0.9) OVER (PARTITION BY o.status) AS fee FROM orders AS o;

-- name: last_known_referrers
SELECT c.customer_id, LAST_VALUE(c.referred_by IGNORE NULLS) OVER (ORDER BY c.customer_id) AS last_referrer FROM customers AS c;

-- name: dearest_name_beside_each_product
SELECT p.name, FIRST_VALUE(p.name) OVER (PARTITION BY p.category ORDER BY p.price DESC, p.product_id) AS dearest FROM products AS p;

-- name: running_fees_by_rows
SELECT o.order_id, SUM(o.shipping_fee) OVER (ORDER BY o.ordered_at, o.order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running_fees FROM orders AS o;

-- name: fee_average_of_neighbours
SELECT o.order_id, AVG(o.shipping_fee) OVER (ORDER BY o.ordered_at, o.order_id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS average_fee FROM orders AS o;

-- name: orders_in_the_last_week
SELECT o.order_id, COUNT(*) OVER (ORDER BY UNIX_DATE(DATE(o.ordered_at)) RANGE BETWEEN 6 PRECEDING AND CURRENT ROW) AS orders FROM orders AS o;

-- name: share_of_category_stock
SELECT p.name, SAFE_DIVIDE(p.stock, SUM(p.stock) OVER (PARTITION BY p.category)) AS share FROM products AS p;

-- name: cities_counted_per_country
SELECT DISTINCT c.country, COUNT(DISTINCT c.city) OVER (PARTITION BY c.country) AS cities FROM customers AS c;
