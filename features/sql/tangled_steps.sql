-- Versions of tangled orders, cut where their known payments change: what holds from `from_day` until before
-- `until_day`.
WITH tangled AS (
    SELECT o.* FROM order_versions AS o JOIN tangled_orders AS t ON t.order_id = o.order_id
),

paid AS (
    SELECT
        o.order_id,
        o.known_day AS version_day,
        o.superseded_day,
        GREATEST(o.known_day, p.known_day) AS from_day,
        LEAST(o.superseded_day, p.superseded_day) AS until_day,
        p.paid_day,
        CASE
            WHEN p.currency = 'USD' THEN p.amount_minor
            ELSE CAST(ROUND(CAST(p.amount_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT)
        END AS paid_usd
    FROM tangled AS o
    JOIN payment_versions AS p
        ON p.order_id = o.order_id AND p.known_day < o.superseded_day AND o.known_day < p.superseded_day
    LEFT JOIN usd_rates AS r ON r.currency = p.currency AND r.day = o.ordered_on
),

turns AS (
    SELECT order_id, known_day AS version_day, superseded_day, known_day AS turn_day FROM tangled
    UNION ALL
    SELECT order_id, version_day, superseded_day, from_day FROM paid
    UNION ALL
    SELECT order_id, version_day, superseded_day, until_day FROM paid WHERE until_day < superseded_day
),

stretches AS (
    SELECT
        order_id,
        version_day,
        turn_day AS from_day,
        LEAD(turn_day, 1, superseded_day) OVER (PARTITION BY order_id, version_day ORDER BY turn_day) AS until_day
    FROM turns
),

sums AS (
    SELECT
        s.order_id,
        s.version_day,
        s.from_day,
        s.until_day,
        COUNT(p.paid_day) AS payments,
        COALESCE(SUM(p.paid_usd), 0) AS paid_usd,
        MAX(p.paid_day) AS paid_day
    FROM stretches AS s
    LEFT JOIN paid AS p
        ON p.order_id = s.order_id
        AND p.version_day = s.version_day
        AND p.from_day <= s.from_day
        AND p.until_day > s.from_day
    -- Of several turns on one day the last leads on.
    WHERE s.from_day < s.until_day
    GROUP BY s.order_id, s.version_day, s.from_day, s.until_day
)

SELECT
    o.order_id,
    o.buyer_no,
    o.exporter_no,
    o.ordered_day,
    o.due_day,
    o.amount_usd,
    s.from_day,
    s.until_day,
    s.payments,
    s.paid_usd,
    s.paid_day
FROM tangled AS o
JOIN sums AS s ON s.order_id = o.order_id AND s.version_day = o.known_day
