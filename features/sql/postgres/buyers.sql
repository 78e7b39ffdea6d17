-- The buyer under every name and id.
SELECT %(buyer_id)s::text AS buyer_id, name, country, registration_no, recorded_at
FROM book.buyers WHERE recorded_at < %(end)s AND buyer_id = ANY(%(members)s::text[])
