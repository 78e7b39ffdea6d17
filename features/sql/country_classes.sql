-- The risk class of each country that was in force at the end of each day and known by then, and the one before it.
SELECT
    country,
    day,
    MAX(CASE WHEN place = 1 THEN risk_class END) AS risk_class,
    MAX(CASE WHEN place = 2 THEN risk_class END) AS earlier_class,
    MIN(CASE WHEN place = 1 AND changes > 1 THEN effective_age END) AS change_age
FROM (
    SELECT
        country,
        day,
        effective_age,
        risk_class,
        ROW_NUMBER() OVER (PARTITION BY country, day ORDER BY effective_age) AS place,
        COUNT(*) OVER (PARTITION BY country, day) AS changes
    FROM (
        SELECT
            c.country,
            d.day,
            d.day - CAST(DATE_DIFF('day', DATE '1970-01-01', c.effective_from) AS INT) AS effective_age,
            c.risk_class,
            ROW_NUMBER() OVER (
                PARTITION BY c.country, c.effective_from, d.day ORDER BY c.recorded_at DESC, c.risk_class
            ) AS newest
        FROM country_risk AS c
        JOIN days AS d
            ON CAST(FLOOR(EPOCH(c.recorded_at) / 86400) AS INT) <= d.day
            AND DATE_DIFF('day', DATE '1970-01-01', c.effective_from) <= d.day
    ) AS known
    WHERE newest = 1
) AS placed
GROUP BY country, day
