-- What each buyer has in `country_record`, and under which country.
SELECT
    p.day, b.buyer_id, COALESCE(n.country, 'ZZ') AS country, p.due, p.late, p.serious, p.disputes, p.claims, p.notices
FROM buyer_pairs AS p
JOIN buyer_keys AS b ON b.buyer_no * 65536 = p.seat - p.day
LEFT JOIN buyer_names AS n ON n.seat = p.seat
