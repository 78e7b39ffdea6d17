-- A buyer's figures over all orders known on the day. One row for each buyer with a known order and each day.
SELECT
    p.buyer_id,
    d.day,
    SUM(p.orders) AS orders,
    SUM(p.amount_usd) AS amount_usd,
    SUM(p.due) AS due,
    SUM(p.late) AS late,
    SUM(p.due_usd) AS due_usd,
    SUM(p.late_usd_days) AS late_usd_days,
    MAX(p.worst_days_late) AS worst_days_late,
    SUM(p.settled_usd) AS settled_usd,
    MAX(p.largest_settled_usd) AS largest_settled_usd,
    MAX(p.last_paid_day) AS last_paid_day,
    MIN(p.first_ordered_day) AS first_ordered_day,
    MAX(p.last_ordered_day) AS last_ordered_day
FROM buyer_parts AS p
JOIN days AS d ON d.day >= p.day AND (p.lasting OR d.day = p.day)
GROUP BY p.buyer_id, d.day
