-- Sums over a buyer's orders in windows that end with the day: `_30` looks at the last 30 days, that day included,
-- and `_past` at the past year before the last 90 days, with which a trend compares `_90`. "Due" orders are those
-- whose due date lies in the window, "taken" those settled in it. Flags are 1 or 0; see `order_days`.
SELECT
    seat,
    SUM(due_30) AS due_30,
    SUM(due_90) AS due_90,
    SUM(due_30 * late) AS late_30,
    SUM(due_90 * late) AS late_90,
    SUM(due_365 * in_parts) AS in_parts_365,
    SUM(due_30 * amount_usd) AS due_usd_30,
    SUM(due_90 * amount_usd) AS due_usd_90,
    SUM((due_365 - due_90) * amount_usd) AS due_usd_past,
    SUM(due_365 * open_usd) AS unpaid_usd_365,
    SUM(due_30 * late_usd_days) AS late_usd_days_30,
    SUM(due_90 * late_usd_days) AS late_usd_days_90,
    SUM((due_365 - due_90) * late_usd_days) AS late_usd_days_past,
    MAX(CASE WHEN due_365 = 1 THEN days_late END) AS worst_days_late_365,
    -- The order due last, and of several the latest paid: how long not due, turned round, and days late in one number.
    MAX(CASE WHEN due_365 = 1 THEN (364 - due_age) * 100000 + days_late END) AS last_due_and_days_late,
    MAX(CASE WHEN settled = 0 THEN amount_usd END) AS largest_open_usd,
    SUM(ordered_30 * open_usd) AS open_usd_30,
    SUM(overdue) AS overdue_orders,
    SUM(overdue * open_usd) AS overdue_usd,
    SUM(overdue * open_usd * due_age) AS overdue_usd_days,
    MAX(overdue * due_age) AS oldest_overdue_age,
    SUM(taken * amount_usd) AS taken_usd,
    SUM(taken * amount_usd * terms) AS promised_usd_days,
    SUM(taken * amount_usd * (ordered_age - paid_age)) AS taken_usd_days,
    SUM(ordered_90) AS orders_90,
    SUM(ordered_30 * amount_usd) AS amount_usd_30,
    SUM(ordered_90 * amount_usd) AS amount_usd_90,
    MAX(CASE WHEN ordered_90 = 1 THEN amount_usd END) AS largest_usd_90,
    MAX(CASE WHEN ordered_365 = 1 THEN ordered_age END) AS first_ordered_age_365,
    SUM(ordered_90 * amount_usd * terms) AS terms_usd_days_90,
    SUM((ordered_365 - ordered_90) * amount_usd * terms) AS terms_usd_days_past,
    MAX(CASE WHEN ordered_90 = 1 THEN terms END) AS longest_terms_90
FROM (
    SELECT
        *,
        amount_usd * days_late AS late_usd_days,
        ordered_age - due_age AS terms,
        CASE WHEN due_age BETWEEN 0 AND 29 THEN 1 ELSE 0 END AS due_30,
        CASE WHEN due_age BETWEEN 0 AND 89 THEN 1 ELSE 0 END AS due_90,
        CASE WHEN due_age BETWEEN 0 AND 364 THEN 1 ELSE 0 END AS due_365,
        CASE WHEN ordered_age < 30 THEN 1 ELSE 0 END AS ordered_30,
        CASE WHEN ordered_age < 90 THEN 1 ELSE 0 END AS ordered_90,
        CASE WHEN ordered_age < 365 THEN 1 ELSE 0 END AS ordered_365,
        CASE WHEN days_late > 0 THEN 1 ELSE 0 END AS late,
        CASE WHEN settled = 0 AND due_age > 0 THEN 1 ELSE 0 END AS overdue,
        CASE WHEN settled = 1 AND paid_age < 365 THEN 1 ELSE 0 END AS taken
    FROM order_days
) AS flagged
GROUP BY seat
