-- Each exporter's dealings with a buyer: what is open, the past year's orders and troubles, and when they met.
-- They met with the first of the orders that are open or were made, due or paid in the past year: an exporter comes
-- new again after a year without business. Disputes are orders paid short and more than 60 days overdue, and claims
-- rejected or withdrawn.
SELECT
    seat,
    CAST(seat % 65536 AS INT) AS day,
    exporter_no,
    COALESCE(SUM(open_usd), 0) AS open_usd,
    COUNT(*) FILTER (WHERE NOT settled) AS open_orders,
    COUNT(*) FILTER (WHERE ordered_age < 30) AS orders_30,
    COUNT(*) FILTER (WHERE ordered_age < 365) AS orders_365,
    COALESCE(SUM(amount_usd) FILTER (WHERE ordered_age < 365), 0) AS amount_usd_365,
    MAX(ordered_age) FILTER (WHERE recent) AS met_age,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364) AS due,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 0) AS late,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 30) AS serious,
    COUNT(*) FILTER (WHERE disputed OR (due_age BETWEEN 61 AND 364 AND in_parts AND NOT settled)) AS disputes,
    COUNT(*) FILTER (WHERE claimed) AS claims
FROM (
    SELECT
        seat, exporter_no, open_usd, amount_usd, settled, recent, in_parts, ordered_age, due_age, days_late,
        FALSE AS disputed, FALSE AS claimed
    FROM order_days
    UNION ALL
    SELECT
        seat, exporter_no, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        outcome IN ('rejected', 'withdrawn'), TRUE
    FROM claim_days
    WHERE filed_age < 365
) AS dealings
GROUP BY seat, exporter_no
