-- When cover on a buyer is stopped: from the day after an overdue notice or claim is recorded, or after the waiting
-- period of an order still unpaid, until the order is recorded as paid in full (with rounding below a thousandth).
-- Where a correction takes a payment back, the stop begins again on the correction's day.
-- As in the service, a claim speaks no more from the day after it is recorded as withdrawn or rejected, nor then does a
-- notice on an order whose claim was rejected. That a person lifted a stop, a book does not tell.
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
WITH claimed AS (
    SELECT
        order_id, coalesce(outcome, 'undecided') AS outcome, CAST(recorded_at AS DATE) AS day,
        lead(CAST(recorded_at AS DATE)) OVER (PARTITION BY claim_id ORDER BY recorded_at) AS until
    FROM claims WHERE recorded_at < $end
),
signs AS (
    SELECT n.order_id, CAST(n.recorded_at AS DATE) AS day, min(c.day) AS until
    FROM overdue_notices AS n
    LEFT JOIN claimed AS c
        ON c.order_id = n.order_id AND c.outcome = 'rejected' AND c.day >= CAST(n.recorded_at AS DATE)
    WHERE n.recorded_at < $end
    GROUP BY n.order_id, n.reported_on, n.recorded_at
    UNION ALL
    SELECT order_id, day, until FROM claimed WHERE outcome NOT IN ('withdrawn', 'rejected')
    UNION ALL
    SELECT order_id, due_on + CAST($days_past_due AS INTEGER), NULL FROM known_orders
)
SELECT DISTINCT
    o.buyer_id, greatest(signs.day + 1, unpaid.from_day) AS from_day, least(unpaid.to_day, signs.until + 1) AS to_day
FROM signs
JOIN known_orders AS o ON o.order_id = signs.order_id
JOIN unpaid ON unpaid.order_id = signs.order_id
WHERE (unpaid.to_day IS NULL OR unpaid.to_day > signs.day) AND (signs.until IS NULL OR signs.until + 1 > unpaid.from_day)
