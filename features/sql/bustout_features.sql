-- Signs of a bust-out: many exporters met at once, large open orders against little that was ever paid.
-- Comparisons of x with y are x / (x + y): 0.5 where they are equal, 1 where there is no y.
SELECT
    e.buyer_id,
    e.day,
    COALESCE(p.new_7, 0) AS new_exporters_7d,
    COALESCE(p.new_30, 0) AS new_exporters_30d,
    CAST(COALESCE(p.new_90, 0) AS DOUBLE) * 7 / 90 AS new_exporters_per_week_90d,
    CAST(COALESCE(p.new_open_usd, 0) AS DOUBLE) / NULLIF(b.open_usd, 0) AS new_exporter_open_share,
    CAST(COALESCE(b.open_usd_30, 0) AS DOUBLE) / NULLIF(b.open_usd, 0) AS recent_open_share,
    CAST(COALESCE(b.open_usd, 0) AS DOUBLE)
    / NULLIF(COALESCE(b.open_usd, 0) + COALESCE(e.settled_usd, 0), 0) AS open_against_paid,
    COALESCE(p.open_exporters, 0) AS open_exporters,
    COALESCE(p.exporters_30, 0) AS exporters_30d,
    CAST(2 * COALESCE(b.amount_usd_30, 0) AS DOUBLE)
    / NULLIF(b.amount_usd_90 + COALESCE(b.amount_usd_30, 0), 0) AS acceleration_30d,
    CAST(d.festival_day - e.day AS BIGINT) AS days_to_spring_festival
FROM buyer_ever AS e
JOIN days AS d ON d.day = e.day
LEFT JOIN buyer_days AS b ON b.buyer_id = e.buyer_id AND b.day = e.day
LEFT JOIN (
    SELECT
        buyer_id,
        day,
        COUNT(*) FILTER (WHERE met_age < 7) AS new_7,
        COUNT(*) FILTER (WHERE met_age < 30) AS new_30,
        COUNT(*) FILTER (WHERE met_age < 90) AS new_90,
        SUM(open_usd) FILTER (WHERE met_age < 30) AS new_open_usd,
        COUNT(*) FILTER (WHERE open_orders > 0) AS open_exporters,
        COUNT(*) FILTER (WHERE orders_30 > 0) AS exporters_30
    FROM pair_days
    GROUP BY buyer_id, day
) AS p ON p.buyer_id = e.buyer_id AND p.day = e.day
