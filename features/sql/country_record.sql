-- The past year of a country's buyers; see `buyer_record`.
SELECT
    day,
    country,
    SUM(due) AS due,
    SUM(late) AS late,
    SUM(serious) AS serious,
    SUM(disputes) AS disputes,
    SUM(claims) AS claims,
    SUM(notices) AS notices
FROM buyer_record
GROUP BY day, country
