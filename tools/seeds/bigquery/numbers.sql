-- name: price_per_piece
SELECT p.name, SAFE_DIVIDE(p.price, p.stock) AS price_per_piece FROM products AS p;

-- name: prices_rounded_to_tens
SELECT p.name, ROUND(p.price, -1) AS rounded_price FROM products AS p ORDER BY rounded_price DESC, p.name;

-- name: prices_as_whole_numbers
SELECT p.name, CAST(p.price AS INT64) AS whole_price FROM products AS p WHERE p.category = 'Kitchen';

-- name: order_totals_rounded
SELECT l.order_id, ROUND(SUM(l.quantity * l.unit_price), 1) AS total FROM order_lines AS l GROUP BY l.order_id ORDER BY total DESC, l.order_id LIMIT 10;

-- name: products_per_price_class
SELECT RANGE_BUCKET(p.price, [20, 50, 100]) AS price_class, COUNT(*) AS products FROM products AS p GROUP BY price_class ORDER BY price_class;

-- name: distance_from_average_price
SELECT p.name, ABS(p.price - AVG(p.price) OVER ()) AS distance FROM products AS p ORDER BY distance DESC, p.name LIMIT 5;

-- name: mean_pieces_per_line
SELECT l.product_id, SUM(l.quantity) / COUNT(*) AS pieces_per_line FROM order_lines AS l GROUP BY l.product_id;

-- name: discounts_as_numeric
SELECT l.order_id, l.product_id, l.unit_price * (1 - CAST(IFNULL(l.discount, 0) AS NUMERIC)) AS net_price FROM order_lines AS l WHERE l.quantity > 3;
