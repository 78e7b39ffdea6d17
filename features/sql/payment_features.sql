-- Payment behaviour: how late, how it moves, and what is owed now.
-- Late shares lean on the late share of the country's other buyers as if those were 5 more orders of this buyer.
SELECT
    e.seat,
    (COALESCE(b.late_30, 0) + 5 * k.late_share) / (COALESCE(b.due_30, 0) + 5) AS late_share_30d,
    (COALESCE(b.late_90, 0) + 5 * k.late_share) / (COALESCE(b.due_90, 0) + 5) AS late_share_90d,
    (COALESCE(x.late, 0) + 5 * k.late_share) / (COALESCE(x.due, 0) + 5) AS late_share_365d,
    (e.late + 5 * k.late_share) / (e.concluded + 5) AS late_share_ever,
    (COALESCE(x.serious, 0) + 5 * k.serious_share) / (COALESCE(x.due, 0) + 5) AS serious_late_share_365d,
    CAST(b.late_usd_days_30 AS DOUBLE) / NULLIF(b.due_usd_30, 0) AS days_late_30d,
    CAST(b.late_usd_days_90 AS DOUBLE) / NULLIF(b.due_usd_90, 0) AS days_late_90d,
    CAST(COALESCE(b.late_usd_days_90, 0) + COALESCE(b.late_usd_days_past, 0) AS DOUBLE)
    / NULLIF(COALESCE(b.due_usd_90, 0) + COALESCE(b.due_usd_past, 0), 0) AS days_late_365d,
    CAST(e.late_usd_days AS DOUBLE) / NULLIF(e.concluded_usd, 0) AS days_late_ever,
    CAST(b.late_usd_days_90 AS DOUBLE) / NULLIF(b.due_usd_90, 0)
    - CAST(b.late_usd_days_past AS DOUBLE) / NULLIF(b.due_usd_past, 0) AS days_late_trend,
    CAST(b.worst_days_late_365 AS BIGINT) AS worst_days_late_365d,
    CAST(e.worst_days_late AS BIGINT) AS worst_days_late_ever,
    CAST(b.last_due_and_days_late % 100000 AS BIGINT) AS last_days_late,
    CAST(b.in_parts_365 AS DOUBLE) / NULLIF(x.due, 0) AS partial_share_365d,
    COALESCE(x.open_orders, 0) AS open_orders,
    COALESCE(x.open_usd, 0) AS open_usd_cents,
    COALESCE(b.overdue_orders, 0) AS overdue_orders,
    COALESCE(b.overdue_usd, 0) AS overdue_usd_cents,
    CAST(COALESCE(b.overdue_usd, 0) AS DOUBLE) / NULLIF(x.open_usd, 0) AS overdue_share,
    CAST(b.overdue_usd_days AS DOUBLE) / NULLIF(b.overdue_usd, 0) AS overdue_age_days,
    CAST(COALESCE(b.oldest_overdue_age, 0) AS BIGINT) AS oldest_overdue_days,
    CAST(b.unpaid_usd_365 AS DOUBLE)
    / NULLIF(COALESCE(b.due_usd_90, 0) + COALESCE(b.due_usd_past, 0), 0) AS unpaid_due_share_365d,
    CAST(b.promised_usd_days AS DOUBLE) / NULLIF(b.taken_usd, 0) AS promised_terms_days_365d,
    CAST(b.taken_usd_days AS DOUBLE) / NULLIF(b.taken_usd, 0) AS taken_terms_days_365d,
    CAST(b.taken_usd_days AS DOUBLE) / NULLIF(b.promised_usd_days, 0) AS taken_over_promised_365d,
    CAST(e.last_paid_age AS BIGINT) AS days_since_payment
FROM buyer_ever AS e
JOIN peers AS k ON k.seat = e.seat
LEFT JOIN buyer_days AS b ON b.seat = e.seat
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
