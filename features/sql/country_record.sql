-- The past year of a country's buyers; see `pair_days`.
SELECT
    p.day,
    COALESCE(n.country, 'ZZ') AS country,
    SUM(p.due) AS due,
    SUM(p.late) AS late,
    SUM(p.serious) AS serious,
    SUM(p.disputes) AS disputes,
    SUM(p.claims) AS claims,
    SUM(p.notices) AS notices
FROM buyer_pairs AS p
LEFT JOIN buyer_names AS n ON n.seat = p.seat
GROUP BY p.day, COALESCE(n.country, 'ZZ')
