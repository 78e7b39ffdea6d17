-- All versions of every order that ever was the buyer's, under whichever of its ids.
SELECT
    order_id,
    exporter_id,
    CASE WHEN buyer_id = ANY(%(members)s::text[]) THEN %(buyer_id)s::text ELSE buyer_id END AS buyer_id,
    ordered_on,
    shipped_on,
    due_on,
    amount_minor,
    currency,
    category,
    customs_no,
    recorded_at
FROM book.orders
WHERE
    recorded_at < %(end)s
    AND order_id IN (
        SELECT order_id FROM book.orders WHERE buyer_id = ANY(%(members)s::text[]) AND recorded_at < %(end)s
    )
