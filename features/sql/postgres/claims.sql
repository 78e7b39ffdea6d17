-- All versions of every claim that ever was on one of these orders.
SELECT * FROM book.claims
WHERE
    recorded_at < %(end)s
    AND claim_id IN (SELECT claim_id FROM book.claims WHERE order_id IN (SELECT order_id FROM orders))
