-- A buyer's figures over all orders known on the day: one row for each seat, that is for each buyer with a known order
-- on each day asked for.
SELECT
    seat_then AS seat,
    CAST(seat_then % 65536 AS INT) AS day,
    SUM(orders) AS orders,
    SUM(amount_usd) AS amount_usd,
    SUM(concluded) AS concluded,
    SUM(late) AS late,
    SUM(concluded_usd) AS concluded_usd,
    SUM(late_usd_days) AS late_usd_days,
    MAX(worst_days_late) AS worst_days_late,
    SUM(settled_usd) AS settled_usd,
    MAX(largest_settled_usd) AS largest_settled_usd,
    MIN(last_paid_age + later) AS last_paid_age,
    MAX(first_ordered_age + later) AS first_ordered_age,
    MIN(last_ordered_age + later) AS last_ordered_age
FROM (
    SELECT p.*, d.day - p.day AS later, p.seat + d.day - p.day AS seat_then
    FROM buyer_parts AS p
    JOIN days AS d ON d.day >= p.day AND (p.stays OR d.day = p.day)
) AS spread
GROUP BY seat_then
