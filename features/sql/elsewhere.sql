-- How the exporters of a buyer's past year's orders fare with their other buyers, each counted by the number of orders.
-- An exporter's shares lean on the book's (worth 20 orders); the buyer's own orders are taken out of both.
-- Shares are whole trillionths (10^-12) before they are added up, for sums of fractions depend on their order.
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
