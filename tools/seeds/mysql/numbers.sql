-- name: dozens_in_stock
SELECT p.name, p.stock DIV 12 AS dozens, p.stock % 12 AS single_pieces FROM products AS p WHERE p.stock > 12;

-- name: customers_with_even_keys
SELECT c.customer_id, c.name FROM customers AS c WHERE NOT MOD(c.customer_id, 2);

-- name: limits_in_thousands
SELECT TRUNCATE(c.credit_limit, -3) AS limit_class, COUNT(*) AS customers FROM customers AS c WHERE NOT c.credit_limit IS NULL GROUP BY TRUNCATE(c.credit_limit, -3) ORDER BY limit_class;

-- name: formatted_turnover
SELECT p.category, FORMAT(SUM(l.quantity * l.unit_price), 2) AS turnover FROM products AS p JOIN order_lines AS l ON p.product_id = l.product_id GROUP BY p.category;

-- name: prices_as_whole_numbers
SELECT p.name, CAST(p.price AS SIGNED) AS rounded_price FROM products AS p ORDER BY p.price DESC, p.name;

-- name: rounded_totals_beside_fees
SELECT o.order_id, o.shipping_fee, CAST(SUM(l.quantity * l.unit_price) AS DECIMAL(12, 0)) AS rounded_total FROM orders AS o JOIN order_lines AS l ON o.order_id = l.order_id GROUP BY o.order_id, o.shipping_fee;

-- name: price_per_piece_in_stock
SELECT p.name, p.price / NULLIF(p.stock, 0) AS price_per_piece FROM products AS p WHERE p.category IN ('Toys', 'Office');
