-- The past year of a buyer, and the country it is counted under; see `pair_days`.
SELECT
    e.seat,
    e.day,
    COALESCE(b.country, 'ZZ') AS country,
    COALESCE(p.due, 0) AS due,
    COALESCE(p.late, 0) AS late,
    COALESCE(p.serious, 0) AS serious,
    COALESCE(p.disputes, 0) AS disputes,
    COALESCE(p.claims, 0) AS claims,
    COALESCE(n.notices_365, 0) AS notices
FROM buyer_ever AS e
LEFT JOIN buyer_pairs AS p ON p.seat = e.seat
LEFT JOIN buyer_names AS b ON b.seat = e.seat
LEFT JOIN notice_sums AS n ON n.seat = e.seat
