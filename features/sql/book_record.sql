-- Orders of all buyers that came due in the past year, and how many of them were late.
SELECT
    day,
    CAST(SUM(due) AS BIGINT) AS due,
    CAST(SUM(late) AS BIGINT) AS late,
    CAST(SUM(serious) AS BIGINT) AS serious
FROM country_record
GROUP BY day
