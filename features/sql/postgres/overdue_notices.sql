-- Notices on these orders.
SELECT * FROM book.overdue_notices WHERE recorded_at < %(end)s AND order_id IN (SELECT order_id FROM orders)
