-- What each payment was held to be, from `known_day` until before `superseded_day`.
WITH dated AS (
    SELECT
        *,
        CAST(DATE_DIFF('day', DATE '1970-01-01', paid_on) AS INT) AS paid_day,
        CAST(FLOOR(EPOCH(recorded_at) / 86400) AS INT) AS known_day
    FROM payments
),

changed AS (
    SELECT payment_id FROM payments GROUP BY payment_id HAVING COUNT(*) > 1
),

versions AS (
    SELECT order_id, paid_day, amount_minor, currency, known_day, 99999999 AS superseded_day
    FROM dated AS p
    WHERE NOT EXISTS (SELECT 1 FROM changed AS c WHERE c.payment_id = p.payment_id)
    UNION ALL
    SELECT p.order_id, p.paid_day, p.amount_minor, p.currency, p.known_day,
        LEAD(p.known_day, 1, 99999999) OVER (
            PARTITION BY p.payment_id
            ORDER BY p.recorded_at, p.order_id, p.paid_day, p.amount_minor, p.currency
        ) AS superseded_day
    FROM dated AS p
    JOIN changed AS c ON c.payment_id = p.payment_id
)

SELECT order_id, paid_day, amount_minor, currency, known_day, superseded_day
FROM versions
WHERE known_day < superseded_day
