-- Orders of a country's buyers that came due in the past year, and how many of them were late.
SELECT
    day,
    country,
    CAST(SUM(due) AS BIGINT) AS due,
    CAST(SUM(late) AS BIGINT) AS late,
    CAST(SUM(serious) AS BIGINT) AS serious
FROM buyer_record
GROUP BY day, country
