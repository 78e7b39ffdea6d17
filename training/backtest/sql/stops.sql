-- When cover on a buyer is stopped: from the day after an overdue notice or claim is recorded, or after the waiting
-- period of an order still unpaid, until the order is recorded as paid in full (with rounding below a thousandth).
-- Where a correction takes a payment back, the stop begins again on the correction's day.
CREATE OR REPLACE TEMP TABLE unpaid AS
SELECT order_id, from_day, to_day
FROM (
    SELECT order_id, day AS from_day, is_full, lead(day) OVER (PARTITION BY order_id ORDER BY day) AS to_day
    FROM (
        SELECT order_id, CAST('-infinity' AS DATE) AS day, false AS is_full FROM known_orders
        UNION ALL
        SELECT o.order_id, p.day, p.usd_cents >= o.usd_cents * 0.999
        FROM known_orders AS o JOIN paid_by_day AS p ON p.order_id = o.order_id
    )
) WHERE NOT is_full;

CREATE OR REPLACE TEMP TABLE stops AS
SELECT o.buyer_id, greatest(min(signs.day) + 1, unpaid.from_day) AS from_day, unpaid.to_day
FROM (
    SELECT order_id, CAST(recorded_at AS DATE) AS day FROM overdue_notices WHERE recorded_at < $end
    UNION ALL
    SELECT order_id, CAST(recorded_at AS DATE) FROM claims WHERE recorded_at < $end
    UNION ALL
    SELECT order_id, due_on + CAST($days_past_due AS INTEGER) FROM known_orders
) AS signs
JOIN known_orders AS o ON o.order_id = signs.order_id
JOIN unpaid ON unpaid.order_id = signs.order_id
WHERE unpaid.to_day IS NULL OR unpaid.to_day > signs.day
GROUP BY o.buyer_id, signs.order_id, unpaid.from_day, unpaid.to_day
