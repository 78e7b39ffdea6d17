-- The company a buyer keeps: how the exporters of its past year's orders fare with their other buyers, each counted
-- by the number of orders, and how much the buyer depends on few of them.
-- An exporter's shares lean on the book's (worth 20 orders); the buyer's own orders are taken out of both.
-- Shares are whole billionths (of amounts: millionths) before they are added up, for sums of fractions depend on their order.
SELECT
    e.buyer_id,
    e.day,
    COALESCE(x.exporters, 0) AS exporters_365d,
    CAST(x.late AS DOUBLE) / (x.orders * 1000000000) AS exporters_late_share_elsewhere,
    CAST(x.disputes AS DOUBLE) / (x.orders * 1000000000) AS exporters_dispute_share_elsewhere,
    CAST(x.claims AS DOUBLE) / (x.orders * 1000000000) AS exporters_claim_share_elsewhere,
    CAST(x.squares AS DOUBLE) / 1000000000000 AS exporter_concentration_365d,
    CAST(x.top AS DOUBLE) / 1000000 AS top_exporter_share_365d
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
        SUM(part * part) AS squares,
        MAX(part) AS top
    FROM (
        SELECT
            p.buyer_id,
            p.day,
            p.orders_365 AS orders,
            CAST(FLOOR(1000000 * CAST(p.amount_usd_365 AS DOUBLE) / NULLIF(b.amount_usd_365, 0) + 0.5) AS BIGINT) AS part,
            CAST(FLOOR(
                1000000000 * (COALESCE(x.late, 0) - COALESCE(own.late, 0) + 20 * k.book_late_share)
                / (COALESCE(x.due, 0) - COALESCE(own.due, 0) + 20) + 0.5
            ) AS BIGINT) AS late,
            CAST(FLOOR(
                1000000000 * (COALESCE(x.disputes, 0) - COALESCE(own.disputes, 0) + 20 * k.book_dispute_share)
                / (COALESCE(x.due, 0) - COALESCE(own.due, 0) + 20) + 0.5
            ) AS BIGINT) AS disputes,
            CAST(FLOOR(
                1000000000 * (COALESCE(x.claims, 0) - COALESCE(own.claims, 0) + 20 * k.book_claim_share)
                / (COALESCE(x.due, 0) - COALESCE(own.due, 0) + 20) + 0.5
            ) AS BIGINT) AS claims
        FROM pair_days AS p
        JOIN buyer_days AS b ON b.buyer_id = p.buyer_id AND b.day = p.day
        JOIN peers AS k ON k.buyer_id = p.buyer_id AND k.day = p.day
        LEFT JOIN exporter_record AS x ON x.exporter_id = p.exporter_id AND x.day = p.day
        LEFT JOIN pair_record AS own
            ON own.buyer_id = p.buyer_id AND own.exporter_id = p.exporter_id AND own.day = p.day
        WHERE p.orders_365 > 0
    ) AS pairs
    GROUP BY buyer_id, day
) AS x ON x.buyer_id = e.buyer_id AND x.day = e.day
