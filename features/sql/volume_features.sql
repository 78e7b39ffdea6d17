-- Volumes: how much, how often, how large, and on what terms.
-- Comparisons of x with y are x / (x + y): 0.5 where they are equal, 1 where there is no y.
SELECT
    e.seat,
    COALESCE(x.orders_30, 0) AS orders_30d,
    COALESCE(b.orders_90, 0) AS orders_90d,
    COALESCE(x.orders_365, 0) AS orders_365d,
    e.orders AS orders_ever,
    COALESCE(b.amount_usd_30, 0) AS amount_usd_cents_30d,
    COALESCE(b.amount_usd_90, 0) AS amount_usd_cents_90d,
    COALESCE(x.amount_usd_365, 0) AS amount_usd_cents_365d,
    e.amount_usd AS amount_usd_cents_ever,
    CAST(COALESCE(b.amount_usd_90, 0) * 275 AS DOUBLE)
    / NULLIF(COALESCE(b.amount_usd_90, 0) * 185 + x.amount_usd_365 * 90, 0) AS growth_90d,
    CAST(x.amount_usd_365 AS DOUBLE) / NULLIF(x.orders_365, 0) AS mean_order_usd_cents_365d,
    CAST(b.largest_open_usd AS DOUBLE)
    / NULLIF(b.largest_open_usd + e.largest_settled_usd, 0) AS open_order_against_largest_paid,
    CAST(b.largest_usd_90 AS DOUBLE)
    / NULLIF(b.largest_usd_90 + e.largest_settled_usd, 0) AS order_against_largest_paid_90d,
    CAST(e.last_ordered_age AS BIGINT) AS days_since_order,
    CAST(b.first_ordered_age_365 - e.last_ordered_age AS DOUBLE) / NULLIF(x.orders_365 - 1, 0) AS order_gap_days_365d,
    CAST(b.terms_usd_days_90 AS DOUBLE) / NULLIF(b.amount_usd_90, 0) AS terms_days_90d,
    CAST(b.terms_usd_days_90 AS DOUBLE) / NULLIF(b.amount_usd_90, 0)
    - CAST(b.terms_usd_days_past AS DOUBLE) / NULLIF(x.amount_usd_365 - b.amount_usd_90, 0) AS terms_days_trend,
    CAST(b.longest_terms_90 AS BIGINT) AS longest_terms_days_90d
FROM buyer_ever AS e
LEFT JOIN buyer_days AS b ON b.seat = e.seat
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
