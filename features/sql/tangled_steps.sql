-- The stretches of days in which a tangled order's known payments stay the same.
-- A stretch holds from `from_day` until before `until_day`; its payments count from `counted_day`
-- (later than `from_day` only in the first stretch, which begins before anything was paid).
WITH paid AS (
    SELECT
        o.order_id,
        o.known_day AS version_day,
        o.superseded_day,
        GREATEST(o.known_day, p.known_day) AS from_day,
        LEAST(o.superseded_day, p.superseded_day) AS until_day,
        p.paid_day,
        CAST(ROUND(CAST(p.amount_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT) AS paid_usd
    FROM order_versions AS o
    JOIN tangled_orders AS t ON t.order_id = o.order_id
    JOIN payment_versions AS p
        ON p.order_id = o.order_id AND p.known_day < o.superseded_day AND o.known_day < p.superseded_day
    LEFT JOIN usd_rates AS r ON r.currency = p.currency AND r.day = o.ordered_on
),

turns AS (
    SELECT order_id, version_day, superseded_day, from_day AS turn_day FROM paid
    UNION
    SELECT order_id, version_day, superseded_day, until_day AS turn_day FROM paid WHERE until_day < superseded_day
),

stretches AS (
    SELECT
        order_id,
        version_day,
        turn_day,
        LAG(turn_day) OVER (PARTITION BY order_id, version_day ORDER BY turn_day) AS earlier_day,
        LEAD(turn_day, 1, superseded_day) OVER (PARTITION BY order_id, version_day ORDER BY turn_day) AS until_day
    FROM turns
)

SELECT
    s.order_id,
    s.version_day,
    CASE WHEN s.earlier_day IS NULL THEN s.version_day ELSE s.turn_day END AS from_day,
    s.until_day,
    s.turn_day AS counted_day,
    COUNT(p.paid_day) AS payments,
    COALESCE(SUM(p.paid_usd), 0) AS paid_usd,
    MAX(p.paid_day) AS paid_day
FROM stretches AS s
LEFT JOIN paid AS p
    ON p.order_id = s.order_id
    AND p.version_day = s.version_day
    AND p.from_day <= s.turn_day
    AND p.until_day > s.turn_day
GROUP BY s.order_id, s.version_day, s.turn_day, s.earlier_day, s.until_day
