-- What each buyer has in `country_record`, and under which country.
SELECT r.day, b.buyer_id, r.country, r.due, r.late, r.serious, r.disputes, r.claims, r.notices
FROM buyer_record AS r
JOIN buyer_keys AS b ON b.buyer_no * 65536 = r.seat - r.day
