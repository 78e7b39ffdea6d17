-- What enters a buyer's figures "ever" on each day: for good (`stays`), or for that day only; see `order_days`.
-- An order is concluded when it is settled or has come due.
SELECT
    seat,
    CAST(seat % 65536 AS INT) AS day,
    stays,
    COUNT(*) AS orders,
    SUM(amount_usd) AS amount_usd,
    SUM(concluded) AS concluded,
    SUM(CASE WHEN days_late > 0 THEN 1 ELSE 0 END) AS late,
    SUM(concluded * amount_usd) AS concluded_usd,
    SUM(amount_usd * days_late) AS late_usd_days,
    MAX(days_late) AS worst_days_late,
    SUM(settled * amount_usd) AS settled_usd,
    MAX(settled * amount_usd) AS largest_settled_usd,
    MIN(paid_age) AS last_paid_age,
    MAX(ordered_age) AS first_ordered_age,
    MIN(ordered_age) AS last_ordered_age
FROM (
    SELECT *, CASE WHEN settled = 1 OR due_age >= 0 THEN 1 ELSE 0 END AS concluded
    FROM order_days
    WHERE stays IS NOT NULL
) AS entering
GROUP BY seat, stays
