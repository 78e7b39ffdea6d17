-- What enters a buyer's figures "ever" on each day: for good (`lasting`), or for that day only.
-- An order is concluded when it is settled or has come due.
SELECT
    seat,
    CAST(seat % 65536 AS INT) AS day,
    lasting,
    COUNT(*) AS orders,
    SUM(amount_usd) AS amount_usd,
    COUNT(*) FILTER (WHERE settled OR due_age >= 0) AS concluded,
    COUNT(*) FILTER (WHERE days_late > 0) AS late,
    SUM(amount_usd) FILTER (WHERE settled OR due_age >= 0) AS concluded_usd,
    SUM(amount_usd * days_late) AS late_usd_days,
    MAX(days_late) AS worst_days_late,
    SUM(amount_usd) FILTER (WHERE settled) AS settled_usd,
    MAX(amount_usd) FILTER (WHERE settled) AS largest_settled_usd,
    MIN(paid_age) AS last_paid_age,
    MAX(ordered_age) AS first_ordered_age,
    MIN(ordered_age) AS last_ordered_age
FROM order_days
WHERE lasting OR passing
GROUP BY seat, lasting
