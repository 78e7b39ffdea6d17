-- What each order was held to be, from `known_day` until before `superseded_day`; days are counted from 1970-01-01.
-- A version takes effect on the UTC day of its `recorded_at`; of several on one day the last counts.
-- Amounts meet in US cents at the rate of the order's day, rounded half away from zero.
SELECT
    v.order_id,
    b.buyer_no,
    e.exporter_no,
    v.ordered_on,
    CAST(DATE_DIFF('day', DATE '1970-01-01', v.ordered_on) AS INT) AS ordered_day,
    CAST(DATE_DIFF('day', DATE '1970-01-01', v.due_on) AS INT) AS due_day,
    CASE
        WHEN v.currency = 'USD' THEN v.amount_minor
        ELSE CAST(ROUND(CAST(v.amount_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT)
    END AS amount_usd,
    v.known_day,
    v.superseded_day
FROM (
    SELECT
        *,
        LEAD(known_day, 1, 99999999) OVER (
            PARTITION BY order_id
            ORDER BY recorded_at, buyer_id, exporter_id, ordered_on, due_on, amount_minor, currency
        ) AS superseded_day
    FROM (
        SELECT
            *,
            CAST(DATE_DIFF('day', DATE '1970-01-01', CAST(recorded_at AT TIME ZONE 'UTC' AS DATE)) AS INT) AS known_day
        FROM orders
    ) AS dated
) AS v
JOIN buyer_keys AS b ON b.buyer_id = v.buyer_id
JOIN exporter_keys AS e ON e.exporter_id = v.exporter_id
JOIN usd_rates AS r ON r.currency = v.currency AND r.day = v.ordered_on
WHERE v.known_day < v.superseded_day
