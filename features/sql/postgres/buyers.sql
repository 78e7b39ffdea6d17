-- The buyer under every name.
SELECT * FROM book.buyers WHERE recorded_at < %(end)s AND buyer_id = %(buyer_id)s
