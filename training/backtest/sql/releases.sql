-- Payments as they were recorded: how much of the order was paid by then, in US cents, never more than the order.
SELECT o.order_id, p.day, CAST(least(round(p.usd_cents), o.usd_cents) AS BIGINT) AS paid
FROM known_orders AS o
JOIN paid_by_day AS p ON p.order_id = o.order_id
WHERE o.due_on > o.ordered_on AND o.ordered_on > $first AND o.ordered_on <= $last
ORDER BY p.day, o.order_id
