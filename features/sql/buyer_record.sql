-- The past year of a buyer with all its exporters, and the country it was counted under; see `pair_record`.
SELECT
    p.day,
    p.buyer_id,
    COALESCE(MIN(n.country), 'ZZ') AS country,
    CAST(SUM(p.due) AS BIGINT) AS due,
    CAST(SUM(p.late) AS BIGINT) AS late,
    CAST(SUM(p.serious) AS BIGINT) AS serious,
    CAST(SUM(p.disputes) AS BIGINT) AS disputes,
    CAST(SUM(p.claims) AS BIGINT) AS claims,
    CAST(SUM(p.notices) AS BIGINT) AS notices
FROM pair_record AS p
LEFT JOIN buyer_names AS n ON n.buyer_id = p.buyer_id AND n.day = p.day
GROUP BY p.day, p.buyer_id
