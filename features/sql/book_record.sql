-- The past year of all buyers; see `pair_days`. Every day has its row.
SELECT
    d.day,
    COALESCE(SUM(c.due), 0) AS due,
    COALESCE(SUM(c.late), 0) AS late,
    COALESCE(SUM(c.serious), 0) AS serious,
    COALESCE(SUM(c.disputes), 0) AS disputes,
    COALESCE(SUM(c.claims), 0) AS claims,
    COALESCE(SUM(c.notices), 0) AS notices
FROM days AS d
LEFT JOIN country_record AS c ON c.day = d.day
GROUP BY d.day
