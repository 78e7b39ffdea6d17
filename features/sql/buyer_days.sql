-- Sums over a buyer's orders in windows that end with the day: `_30` looks at the last 30 days, that day included,
-- and `_past` at the past year before the last 90 days, with which a trend compares `_90`. "Due" orders are those
-- whose due date lies in the window, "taken" those settled in it.
SELECT
    seat,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 29) AS due_30,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 89) AS due_90,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 29 AND days_late > 0) AS late_30,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 89 AND days_late > 0) AS late_90,
    COUNT(*) FILTER (WHERE due_age BETWEEN 0 AND 364 AND in_parts) AS in_parts_365,
    SUM(amount_usd) FILTER (WHERE due_age BETWEEN 0 AND 29) AS due_usd_30,
    SUM(amount_usd) FILTER (WHERE due_age BETWEEN 0 AND 89) AS due_usd_90,
    SUM(amount_usd) FILTER (WHERE due_age BETWEEN 90 AND 364) AS due_usd_past,
    SUM(open_usd) FILTER (WHERE due_age BETWEEN 0 AND 364) AS unpaid_usd_365,
    SUM(amount_usd * days_late) FILTER (WHERE due_age BETWEEN 0 AND 29) AS late_usd_days_30,
    SUM(amount_usd * days_late) FILTER (WHERE due_age BETWEEN 0 AND 89) AS late_usd_days_90,
    SUM(amount_usd * days_late) FILTER (WHERE due_age BETWEEN 90 AND 364) AS late_usd_days_past,
    MAX(days_late) FILTER (WHERE due_age BETWEEN 0 AND 364) AS worst_days_late_365,
    -- The order due last, and of several the latest paid: how long not due, turned round, and days late in one number.
    MAX((364 - due_age) * 100000 + days_late) FILTER (WHERE due_age BETWEEN 0 AND 364) AS last_due_and_days_late,
    MAX(amount_usd) FILTER (WHERE NOT settled) AS largest_open_usd,
    SUM(open_usd) FILTER (WHERE ordered_age < 30) AS open_usd_30,
    COUNT(*) FILTER (WHERE NOT settled AND due_age > 0) AS overdue_orders,
    SUM(open_usd) FILTER (WHERE due_age > 0) AS overdue_usd,
    SUM(open_usd * due_age) FILTER (WHERE due_age > 0) AS overdue_usd_days,
    MAX(due_age) FILTER (WHERE NOT settled AND due_age > 0) AS oldest_overdue_age,
    SUM(amount_usd) FILTER (WHERE settled AND paid_age < 365) AS taken_usd,
    SUM(amount_usd * (ordered_age - due_age)) FILTER (WHERE settled AND paid_age < 365) AS promised_usd_days,
    SUM(amount_usd * (ordered_age - paid_age)) FILTER (WHERE settled AND paid_age < 365) AS taken_usd_days,
    COUNT(*) FILTER (WHERE ordered_age < 90) AS orders_90,
    SUM(amount_usd) FILTER (WHERE ordered_age < 30) AS amount_usd_30,
    SUM(amount_usd) FILTER (WHERE ordered_age < 90) AS amount_usd_90,
    MAX(amount_usd) FILTER (WHERE ordered_age < 90) AS largest_usd_90,
    MAX(ordered_age) FILTER (WHERE ordered_age < 365) AS first_ordered_age_365,
    SUM(amount_usd * (ordered_age - due_age)) FILTER (WHERE ordered_age < 90) AS terms_usd_days_90,
    SUM(amount_usd * (ordered_age - due_age)) FILTER (WHERE ordered_age BETWEEN 90 AND 364) AS terms_usd_days_past,
    MAX(ordered_age - due_age) FILTER (WHERE ordered_age < 90) AS longest_terms_90
FROM order_days
GROUP BY seat
