-- Overdue notices known at the end of each day, on the buyer that the order then had.
-- A corrected notice is still the same notice: one for each order and day of report.
SELECT
    n.buyer_no * 65536 + d.day AS seat,
    d.day - n.reported_day AS reported_age
FROM (
    SELECT
        o.buyer_no,
        reports.reported_day,
        GREATEST(reports.known_day, o.known_day) AS from_day,
        o.superseded_day AS until_day
    FROM (
        SELECT
            order_id,
            CAST(DATE_DIFF('day', DATE '1970-01-01', reported_on) AS INT) AS reported_day,
            MIN(
                CAST(FLOOR(EPOCH(recorded_at) / 86400) AS INT)
            ) AS known_day
        FROM overdue_notices
        GROUP BY order_id, reported_on
    ) AS reports
    JOIN order_versions AS o ON o.order_id = reports.order_id
) AS n
JOIN days AS d ON d.day >= n.from_day AND d.day < n.until_day
