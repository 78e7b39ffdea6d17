-- The company a buyer keeps: how the exporters of its past year's orders fare with their other buyers, each counted
-- by the number of orders, and how much the buyer depends on few of them.
-- An exporter's shares lean on the book's (worth 20 orders); the buyer's own orders are taken out of both.
-- Shares are whole trillionths (10^-12) before they are added up, for sums of fractions depend on their order.
SELECT
    e.buyer_id,
    e.day,
    COALESCE(x.exporters, 0) AS exporters_365d,
    CAST(x.late AS DOUBLE) / (x.orders * 1000000000000) AS exporters_late_share_elsewhere,
    CAST(x.disputes AS DOUBLE) / (x.orders * 1000000000000) AS exporters_dispute_share_elsewhere,
    CAST(x.claims AS DOUBLE) / (x.orders * 1000000000000) AS exporters_claim_share_elsewhere,
    x.squares / NULLIF(CAST(x.amount_usd AS DOUBLE) * CAST(x.amount_usd AS DOUBLE), 0) AS exporter_concentration_365d,
    CAST(x.top_usd AS DOUBLE) / NULLIF(x.amount_usd, 0) AS top_exporter_share_365d
FROM buyer_ever AS e
LEFT JOIN (
    SELECT
        buyer_id,
        day,
        COUNT(*) AS exporters,
        SUM(orders) AS orders,
        SUM(orders * late) AS late,
        SUM(orders * disputes) AS disputes,
        SUM(orders * claims) AS claims,
        SUM(amount_usd) AS amount_usd,
        MAX(amount_usd) AS top_usd,
        CAST(SUM(CAST(amount_usd AS DECIMAL(19, 0)) * CAST(amount_usd AS DECIMAL(19, 0))) AS DOUBLE) AS squares
    FROM (
        SELECT
            p.buyer_id,
            p.day,
            p.orders_365 AS orders,
            p.amount_usd_365 AS amount_usd,
            CAST(FLOOR(
                1000000000000 * (x.late - p.late + 20 * k.book_late_share) / (x.due - p.due + 20) + 0.5
            ) AS BIGINT) AS late,
            CAST(FLOOR(
                1000000000000 * (x.disputes - p.disputes + 20 * k.book_dispute_share) / (x.due - p.due + 20) + 0.5
            ) AS BIGINT) AS disputes,
            CAST(FLOOR(
                1000000000000 * (x.claims - p.claims + 20 * k.book_claim_share) / (x.due - p.due + 20) + 0.5
            ) AS BIGINT) AS claims
        FROM pair_days AS p
        JOIN peers AS k ON k.buyer_id = p.buyer_id AND k.day = p.day
        JOIN exporter_record AS x ON x.exporter_id = p.exporter_id AND x.day = p.day
        WHERE p.orders_365 > 0
    ) AS pairs
    GROUP BY buyer_id, day
) AS x ON x.buyer_id = e.buyer_id AND x.day = e.day
