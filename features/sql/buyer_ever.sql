-- A buyer's figures over all orders known on the day: one row for each seat, that is for each buyer with a known order
-- on each day asked for.
SELECT
    p.seat - p.day + d.day AS seat,
    d.day,
    SUM(p.orders) AS orders,
    SUM(p.amount_usd) AS amount_usd,
    SUM(p.concluded) AS concluded,
    SUM(p.late) AS late,
    SUM(p.concluded_usd) AS concluded_usd,
    SUM(p.late_usd_days) AS late_usd_days,
    MAX(p.worst_days_late) AS worst_days_late,
    COALESCE(SUM(p.settled_usd), 0) AS settled_usd,
    COALESCE(MAX(p.largest_settled_usd), 0) AS largest_settled_usd,
    d.day - MAX(p.last_paid_day) AS last_paid_age,
    d.day - MIN(p.first_ordered_day) AS first_ordered_age,
    d.day - MAX(p.last_ordered_day) AS last_ordered_age
FROM buyer_parts AS p
JOIN days AS d ON d.day >= p.day AND (p.lasting OR d.day = p.day)
GROUP BY p.seat - p.day + d.day, d.day
