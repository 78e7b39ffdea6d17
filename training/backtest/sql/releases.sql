-- Payments as they were recorded: how much of the order was paid by then, in US cents, never more than the order.
SELECT
    o.order_id, CAST(p.recorded_at AS DATE) AS day,
    CAST(least(round(sum(p.amount_minor * rate.usd_cents_per_minor) OVER (
        PARTITION BY o.order_id ORDER BY p.recorded_at, p.payment_id
    )), o.usd_cents) AS BIGINT) AS paid
FROM known_orders AS o
JOIN known_payments AS p ON p.order_id = o.order_id
JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
WHERE o.due_on > o.ordered_on AND o.ordered_on > $first AND o.ordered_on <= $last
ORDER BY day, o.order_id, paid
