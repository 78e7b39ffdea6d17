-- What was known to be paid of an order at the end of each day on which that changed, in US cents at the ECB rate of the
-- order's day. A payment counts from its first record, as it was held to be: a correction changes nothing before itself.
CREATE OR REPLACE TEMP TABLE paid_by_day AS
WITH versions AS (
    SELECT
        order_id, amount_minor, currency, CAST(recorded_at AS DATE) AS known_day,
        lead(CAST(recorded_at AS DATE)) OVER (PARTITION BY payment_id ORDER BY recorded_at) AS superseded_day
    FROM payments WHERE recorded_at < $end
),
changes AS (
    SELECT order_id, known_day AS day, amount_minor, currency FROM versions
    UNION ALL
    SELECT order_id, superseded_day, -amount_minor, currency FROM versions WHERE superseded_day IS NOT NULL
),
of_day AS (
    SELECT o.order_id, c.day, sum(c.amount_minor * rate.usd_cents_per_minor) AS usd_cents
    FROM known_orders AS o
    JOIN changes AS c ON c.order_id = o.order_id
    JOIN usd_rates AS rate ON rate.currency = c.currency AND rate.day = o.ordered_on
    GROUP BY o.order_id, c.day
)
SELECT order_id, day, sum(usd_cents) OVER (PARTITION BY order_id ORDER BY day) AS usd_cents
FROM of_day
WHERE usd_cents <> 0
