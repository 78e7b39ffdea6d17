-- What each order was held to be, from `known_day` until before `superseded_day`; days are counted from 1970-01-01.
-- A version takes effect on the UTC day of its `recorded_at`; of several on one day the last counts.
-- Amounts meet in US cents at the rate of the order's day, rounded half away from zero.
-- Only orders that changed are put in order.
WITH dated AS (
    SELECT
        *,
        CAST(FLOOR(EPOCH(recorded_at) / 86400) AS INT) AS known_day
    FROM orders
),

changed AS (
    SELECT order_id FROM orders GROUP BY order_id HAVING COUNT(*) > 1
),

versions AS (
    SELECT order_id, exporter_id, buyer_id, ordered_on, due_on, amount_minor, currency, known_day,
        99999999 AS superseded_day
    FROM dated AS o
    WHERE NOT EXISTS (SELECT 1 FROM changed AS c WHERE c.order_id = o.order_id)
    UNION ALL
    SELECT o.order_id, o.exporter_id, o.buyer_id, o.ordered_on, o.due_on, o.amount_minor, o.currency, o.known_day,
        LEAD(o.known_day, 1, 99999999) OVER (
            PARTITION BY o.order_id
            ORDER BY o.recorded_at, o.buyer_id, o.exporter_id, o.ordered_on, o.due_on, o.amount_minor, o.currency
        ) AS superseded_day
    FROM dated AS o
    JOIN changed AS c ON c.order_id = o.order_id
)

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
FROM versions AS v
JOIN buyer_keys AS b ON b.buyer_id = v.buyer_id
JOIN exporter_keys AS e ON e.exporter_id = v.exporter_id
JOIN usd_rates AS r ON r.currency = v.currency AND r.day = v.ordered_on
WHERE v.known_day < v.superseded_day
