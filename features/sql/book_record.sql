-- The past year of all buyers; see `buyer_record`.
SELECT
    day,
    SUM(due) AS due,
    SUM(late) AS late,
    SUM(serious) AS serious,
    SUM(disputes) AS disputes,
    SUM(claims) AS claims,
    SUM(notices) AS notices
FROM country_record
GROUP BY day
