-- The company a buyer keeps: how the exporters of its past year's orders fare with their other buyers, each counted
-- by the number of orders, and how much the buyer depends on few of them.
-- An exporter's shares lean on the book's (worth 20 orders); the buyer's own orders are taken out of both.
-- Shares are whole trillionths (10^-12) before they are added up, for sums of fractions depend on their order.
SELECT
    e.seat,
    COALESCE(x.exporters_365, 0) AS exporters_365d,
    CAST(s.late AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_late_share_elsewhere,
    CAST(s.disputes AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_dispute_share_elsewhere,
    CAST(s.claims AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_claim_share_elsewhere,
    x.usd_365_squares
    / NULLIF(CAST(x.amount_usd_365 AS DOUBLE) * CAST(x.amount_usd_365 AS DOUBLE), 0) AS exporter_concentration_365d,
    CAST(x.top_usd_365 AS DOUBLE) / NULLIF(x.amount_usd_365, 0) AS top_exporter_share_365d
FROM buyer_ever AS e
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
LEFT JOIN (
    SELECT
        p.seat,
        SUM(p.orders_365 * CAST(FLOOR(
            1000000000000 * (x.late - p.late + 20 * k.book_late_share) / (x.due - p.due + 20) + 0.5
        ) AS BIGINT)) AS late,
        SUM(p.orders_365 * CAST(FLOOR(
            1000000000000 * (x.disputes - p.disputes + 20 * k.book_dispute_share) / (x.due - p.due + 20) + 0.5
        ) AS BIGINT)) AS disputes,
        SUM(p.orders_365 * CAST(FLOOR(
            1000000000000 * (x.claims - p.claims + 20 * k.book_claim_share) / (x.due - p.due + 20) + 0.5
        ) AS BIGINT)) AS claims
    FROM pair_days AS p
    JOIN peers AS k ON k.seat = p.seat
    JOIN exporter_record AS x ON x.exporter_no = p.exporter_no AND x.day = p.day
    WHERE p.orders_365 > 0
    GROUP BY p.seat
) AS s ON s.seat = e.seat
