-- The company a buyer keeps: how its exporters fare elsewhere, and how much it depends on few of them.
SELECT
    e.seat,
    COALESCE(x.exporters_365, 0) AS exporters_365d,
    CAST(w.late AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_late_share_elsewhere,
    CAST(w.disputes AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_dispute_share_elsewhere,
    CAST(w.claims AS DOUBLE) / (x.orders_365 * 1000000000000) AS exporters_claim_share_elsewhere,
    x.usd_365_squares
    / NULLIF(CAST(x.amount_usd_365 AS DOUBLE) * CAST(x.amount_usd_365 AS DOUBLE), 0) AS exporter_concentration_365d,
    CAST(x.top_usd_365 AS DOUBLE) / NULLIF(x.amount_usd_365, 0) AS top_exporter_share_365d
FROM buyer_ever AS e
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
LEFT JOIN elsewhere AS w ON w.seat = e.seat
