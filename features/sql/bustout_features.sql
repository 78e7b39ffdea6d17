-- Signs of a bust-out: many exporters met at once, large open orders against little that was ever paid.
-- Comparisons of x with y are x / (x + y): 0.5 where they are equal, 1 where there is no y.
SELECT
    e.seat,
    COALESCE(x.new_7, 0) AS new_exporters_7d,
    COALESCE(x.new_30, 0) AS new_exporters_30d,
    CAST(COALESCE(x.new_90, 0) AS DOUBLE) * 7 / 90 AS new_exporters_per_week_90d,
    CAST(COALESCE(x.new_open_usd, 0) AS DOUBLE) / NULLIF(x.open_usd, 0) AS new_exporter_open_share,
    CAST(COALESCE(b.open_usd_30, 0) AS DOUBLE) / NULLIF(x.open_usd, 0) AS recent_open_share,
    CAST(COALESCE(x.open_usd, 0) AS DOUBLE) / NULLIF(COALESCE(x.open_usd, 0) + e.settled_usd, 0) AS open_against_paid,
    COALESCE(x.open_exporters, 0) AS open_exporters,
    COALESCE(x.exporters_30, 0) AS exporters_30d,
    CAST(2 * COALESCE(b.amount_usd_30, 0) AS DOUBLE)
    / NULLIF(b.amount_usd_90 + COALESCE(b.amount_usd_30, 0), 0) AS acceleration_30d,
    CAST(d.festival_day - e.day AS BIGINT) AS days_to_spring_festival
FROM buyer_ever AS e
JOIN days AS d ON d.day = e.day
LEFT JOIN buyer_days AS b ON b.seat = e.seat
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
