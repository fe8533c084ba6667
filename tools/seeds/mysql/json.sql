-- name: products_as_json
SELECT p.product_id, JSON_OBJECT('label', p.name, 'amount', p.price) AS product FROM products AS p WHERE p.discontinued = FALSE;

-- name: facts_as_json_array
SELECT c.name, JSON_ARRAY(c.city, c.country) AS place FROM customers AS c WHERE c.is_business = TRUE;

-- name: product_numbers_per_order
SELECT o.customer_id, JSON_LENGTH(JSON_ARRAYAGG(o.order_id)) AS orders FROM orders AS o GROUP BY o.customer_id;

-- name: counts_as_one_object
SELECT JSON_OBJECTAGG(n.status, n.orders) AS orders_by_status FROM (SELECT o.status, COUNT(*) AS orders FROM orders AS o GROUP BY o.status) AS n;
