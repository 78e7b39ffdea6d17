-- The past year of a country's buyers; see `pair_record`.
SELECT
    day,
    country,
    CAST(SUM(due) AS BIGINT) AS due,
    CAST(SUM(late) AS BIGINT) AS late,
    CAST(SUM(serious) AS BIGINT) AS serious,
    CAST(SUM(disputes) AS BIGINT) AS disputes,
    CAST(SUM(claims) AS BIGINT) AS claims,
    CAST(SUM(notices) AS BIGINT) AS notices
FROM buyer_record
GROUP BY day, country
