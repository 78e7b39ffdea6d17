-- The past year of a buyer with all its exporters, and the country it is counted under; see `pair_days`.
SELECT
    p.day,
    p.buyer_id,
    COALESCE(n.country, 'ZZ') AS country,
    p.due,
    p.late,
    p.serious,
    p.disputes,
    p.claims,
    p.notices
FROM (
    SELECT
        day,
        buyer_id,
        SUM(due) AS due,
        SUM(late) AS late,
        SUM(serious) AS serious,
        SUM(disputes) AS disputes,
        SUM(claims) AS claims,
        SUM(notices) AS notices
    FROM pair_days
    GROUP BY day, buyer_id
) AS p
LEFT JOIN buyer_names AS n ON n.buyer_id = p.buyer_id AND n.day = p.day
