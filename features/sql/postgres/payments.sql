-- All versions of every payment that ever was on one of these orders.
SELECT * FROM book.payments
WHERE
    recorded_at < %(end)s
    AND payment_id IN (SELECT payment_id FROM book.payments WHERE order_id IN (SELECT order_id FROM orders))
