-- All versions of every order that ever was the buyer's.
SELECT * FROM book.orders
WHERE
    recorded_at < %(end)s
    AND order_id IN (SELECT order_id FROM book.orders WHERE buyer_id = %(buyer_id)s AND recorded_at < %(end)s)
