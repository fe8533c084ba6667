-- name: three_dearest_products
SELECT p.name, p.price FROM products p ORDER BY p.price DESC FETCH FIRST 3 ROWS ONLY;

-- name: next_five_customers
SELECT c.name, c.joined_on FROM customers c ORDER BY c.joined_on, c.customer_id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY;

-- name: busiest_customers_with_ties
SELECT o.customer_id, COUNT(*) AS orders FROM orders o GROUP BY o.customer_id ORDER BY COUNT(*) DESC FETCH FIRST 3 ROWS WITH TIES;

-- name: dearest_tenth_of_products
SELECT p.name, p.price FROM products p ORDER BY p.price DESC FETCH FIRST 10 PERCENT ROWS ONLY;

-- name: two_dearest_products_per_category_oracle
SELECT r.category, r.name, r.price FROM (SELECT p.category, p.name, p.price, ROW_NUMBER() OVER (PARTITION BY p.category ORDER BY p.price DESC, p.product_id) AS place FROM products p) r WHERE r.place <= 2 ORDER BY r.category, r.place;

-- name: customers_with_most_returns
SELECT c.name, COUNT(*) AS returns FROM customers c JOIN orders o ON o.customer_id = c.customer_id WHERE o.status = 'returned' GROUP BY c.customer_id, c.name ORDER BY COUNT(*) DESC FETCH FIRST 1 ROW WITH TIES;

-- name: three_largest_stocks_by_rownum
SELECT s.name, s.stock FROM (SELECT p.name, p.stock FROM products p ORDER BY p.stock DESC, p.product_id) s WHERE ROWNUM <= 3;

-- name: five_latest_orders_by_rownum
SELECT s.order_id, s.ordered_at FROM (SELECT o.order_id, o.ordered_at FROM orders o WHERE o.status = 'shipped' ORDER BY o.ordered_at DESC) s WHERE ROWNUM <= 5;

-- name: best_customer_by_spending
SELECT s.name, s.spent FROM (SELECT c.name, SUM(l.quantity * l.unit_price) AS spent FROM customers c JOIN orders o ON o.customer_id = c.customer_id JOIN order_lines l ON l.order_id = o.order_id GROUP BY c.customer_id, c.name ORDER BY SUM(l.quantity * l.unit_price) DESC) s WHERE ROWNUM = 1;
