-- What each payment was held to be, from `known_day` until before `superseded_day`.
SELECT order_id, paid_day, amount_minor, currency, known_day, superseded_day
FROM (
    SELECT
        order_id,
        CAST(DATE_DIFF('day', DATE '1970-01-01', paid_on) AS INT) AS paid_day,
        amount_minor,
        currency,
        known_day,
        LEAD(known_day, 1, 99999999) OVER (
            PARTITION BY payment_id
            ORDER BY recorded_at, order_id, paid_on, amount_minor, currency
        ) AS superseded_day
    FROM (
        SELECT
            *,
            CAST(DATE_DIFF('day', DATE '1970-01-01', CAST(recorded_at AT TIME ZONE 'UTC' AS DATE)) AS INT) AS known_day
        FROM payments
    ) AS dated
) AS v
WHERE known_day < superseded_day
