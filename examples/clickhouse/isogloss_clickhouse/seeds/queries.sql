-- name: fees_of_dear_orders_per_status
SELECT o.status, sumIf(o.shipping_fee, o.shipping_fee > 5) AS dear_fees FROM orders AS o GROUP BY o.status;

-- name: trusted_customers_per_country
SELECT c.country, countIf(c.credit_limit > 1000) AS trusted FROM customers AS c GROUP BY c.country;

-- name: average_price_of_stocked_products
SELECT p.category, avgIf(p.price, p.stock > 10) AS average_price FROM products AS p GROUP BY p.category;

-- name: cities_per_country
SELECT c.country, uniqExact(c.city) AS cities FROM customers AS c GROUP BY c.country ORDER BY cities DESC, c.country;

-- name: buyers_per_status
SELECT o.status, uniqExact(o.customer_id) AS buyers FROM orders AS o GROUP BY o.status;

-- name: high_price_per_category
SELECT p.category, quantileExact(0.9)(p.price) AS high_price FROM products AS p GROUP BY p.category;

-- name: dearest_product_per_category
SELECT p.category, argMax(p.name, p.price) AS dearest FROM products AS p GROUP BY p.category;

-- name: orders_per_month
SELECT dateTrunc('month', o.ordered_at) AS month, count() AS orders FROM orders AS o GROUP BY month ORDER BY month;

-- name: customers_per_year
SELECT toYear(c.joined_on) AS year, count() AS customers FROM customers AS c GROUP BY year ORDER BY year;

-- name: orders_per_month_number
SELECT toMonth(o.ordered_at) AS month, count() AS orders FROM orders AS o GROUP BY month HAVING count() > 5 ORDER BY month;

-- name: revenue_per_month
SELECT toYYYYMM(o.ordered_at) AS month, sum(l.quantity) AS sold FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY month ORDER BY month;

-- name: long_names
SELECT c.name, lengthUTF8(c.name) AS letters FROM customers AS c WHERE lengthUTF8(c.name) > 12;

-- name: dozens_in_stock
SELECT p.name, intDiv(p.stock, 12) AS dozens FROM products AS p WHERE p.stock > 24;

-- name: spread_of_prices
SELECT p.category, stddevPop(p.price) AS spread FROM products AS p GROUP BY p.category;
