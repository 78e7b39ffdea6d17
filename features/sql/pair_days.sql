-- Each exporter's dealings with a buyer: what is open, the past year's orders and troubles, and when they met.
-- They met with the first of the orders that are open or were made, due or paid in the past year: an exporter comes
-- new again after a year without business. Disputes are orders paid short and more than 60 days overdue, and claims
-- rejected or withdrawn.
-- Orders and claims are added up apart and then joined: engines sum columns of one table with less work. Pairs are
-- many, so their counts are counted, not added up as flags: a count needs less room.
SELECT
    COALESCE(o.seat, c.seat) AS seat,
    CAST(COALESCE(o.seat, c.seat) % 65536 AS INT) AS day,
    COALESCE(o.exporter_no, c.exporter_no) AS exporter_no,
    COALESCE(o.open_usd, 0) AS open_usd,
    COALESCE(o.open_orders, 0) AS open_orders,
    COALESCE(o.orders_30, 0) AS orders_30,
    COALESCE(o.orders_365, 0) AS orders_365,
    COALESCE(o.amount_usd_365, 0) AS amount_usd_365,
    o.met_age,
    COALESCE(o.due, 0) AS due,
    COALESCE(o.late, 0) AS late,
    COALESCE(o.serious, 0) AS serious,
    COALESCE(o.disputes, 0) + COALESCE(c.disputes, 0) AS disputes,
    COALESCE(c.claims, 0) AS claims
FROM (
    SELECT
        seat,
        exporter_no,
        SUM(open_usd) AS open_usd,
        COUNT(*) FILTER (WHERE settled = 0) AS open_orders,
        COUNT(*) FILTER (WHERE ordered_age < 30) AS orders_30,
        COUNT(*) FILTER (WHERE ordered_age < 365) AS orders_365,
        SUM(amount_usd) FILTER (WHERE ordered_age < 365) AS amount_usd_365,
        MAX(ordered_age) FILTER (WHERE settled = 0 OR LEAST(ordered_age, due_age, paid_age) < 365) AS met_age,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364) AS due,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 0) AS late,
        COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND days_late > 30) AS serious,
        COUNT(*) FILTER (WHERE due_age BETWEEN 61 AND 364 AND in_parts = 1 AND settled = 0) AS disputes
    FROM order_days
    GROUP BY seat, exporter_no
) AS o
FULL JOIN (
    SELECT
        seat,
        exporter_no,
        COUNT(*) FILTER (WHERE outcome IN ('rejected', 'withdrawn')) AS disputes,
        COUNT(*) AS claims
    FROM claim_days
    WHERE filed_age < 365
    GROUP BY seat, exporter_no
) AS c ON c.seat = o.seat AND c.exporter_no = o.exporter_no
