-- Overdue notices known at the end of each day, on the buyer and exporter that the order then had.
-- A corrected notice is still the same notice: one for each order and day of report.
SELECT
    o.buyer_no * 65536 + d.day AS seat,
    d.day,
    o.exporter_no,
    d.day - n.reported_day AS reported_age
FROM (
    SELECT
        order_id,
        CAST(DATE_DIFF('day', DATE '1970-01-01', reported_on) AS INT) AS reported_day,
        MIN(DATE_DIFF('day', DATE '1970-01-01', CAST(recorded_at AT TIME ZONE 'UTC' AS DATE))) AS known_day
    FROM overdue_notices
    GROUP BY order_id, reported_on
) AS n
JOIN days AS d ON d.day >= n.known_day
JOIN order_versions AS o ON o.order_id = n.order_id AND d.day >= o.known_day AND d.day < o.superseded_day
