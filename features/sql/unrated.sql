-- An amount that cannot be told in USD, if there is one: its currency has no rate on the day of its order.
SELECT o.order_id, m.currency, o.ordered_on
FROM orders AS o
JOIN (
    SELECT order_id, currency FROM orders
    UNION
    SELECT order_id, currency FROM payments
    UNION
    SELECT order_id, currency FROM claims
) AS m ON m.order_id = o.order_id
WHERE NOT EXISTS (SELECT 1 FROM usd_rates AS r WHERE r.currency = m.currency AND r.day = o.ordered_on)
ORDER BY o.order_id, o.ordered_on, m.currency
LIMIT 1
