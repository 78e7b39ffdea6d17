-- When cover on a buyer is stopped: from the day after an overdue notice or claim is recorded, or after the waiting
-- period of an order still unpaid, until the order is recorded as paid in full (with rounding below a thousandth).
CREATE OR REPLACE TEMP TABLE paid_in_full AS
SELECT order_id, min(day) AS day
FROM (
    SELECT
        o.order_id, CAST(p.recorded_at AS DATE) AS day,
        sum(p.amount_minor * rate.usd_cents_per_minor) OVER (
            PARTITION BY o.order_id ORDER BY p.recorded_at, p.payment_id
        ) >= o.usd_cents * 0.999 AS is_full
    FROM known_orders AS o
    JOIN known_payments AS p ON p.order_id = o.order_id
    JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
) WHERE is_full
GROUP BY order_id;

CREATE OR REPLACE TEMP TABLE stops AS
SELECT o.buyer_id, min(signs.day) + 1 AS from_day, any_value(paid.day) AS to_day
FROM (
    SELECT order_id, CAST(recorded_at AS DATE) AS day FROM overdue_notices WHERE recorded_at < $end
    UNION ALL
    SELECT order_id, CAST(recorded_at AS DATE) FROM claims WHERE recorded_at < $end
    UNION ALL
    SELECT order_id, due_on + CAST($days_past_due AS INTEGER) FROM known_orders
) AS signs
JOIN known_orders AS o ON o.order_id = signs.order_id
LEFT JOIN paid_in_full AS paid ON paid.order_id = signs.order_id
WHERE paid.day IS NULL OR paid.day > signs.day
GROUP BY o.buyer_id, signs.order_id;
