-- Each exporter's dealings with a buyer: what is open, the past year's orders, and how long ago the two met.
-- They met on the day of their first order; settled orders that no window looks at any more are found on the day
-- on which they were last entered for good, so the minimum runs over the days asked for.
SELECT
    *,
    day - LEAST(met_here, MIN(met_lasting) OVER (PARTITION BY buyer_id, exporter_id ORDER BY day)) AS met_age
FROM (
    SELECT
        buyer_id,
        exporter_id,
        day,
        SUM(open_usd) AS open_usd,
        COUNT(*) FILTER (WHERE NOT settled) AS open_orders,
        COUNT(*) FILTER (WHERE ordered_age < 30) AS orders_30,
        COUNT(*) FILTER (WHERE ordered_age < 365) AS orders_365,
        SUM(amount_usd) FILTER (WHERE ordered_age < 365) AS amount_usd_365,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364) AS due_365,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 0) AS late_365,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 30) AS serious_365,
        COUNT(*) FILTER (WHERE due_age BETWEEN 61 AND 364 AND in_parts AND NOT settled) AS short_365,
        MIN(ordered_day) AS met_here,
        MIN(ordered_day) FILTER (WHERE lasting) AS met_lasting
    FROM order_days
    GROUP BY buyer_id, exporter_id, day
) AS sums
