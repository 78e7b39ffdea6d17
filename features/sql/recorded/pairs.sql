-- What each buyer and exporter have in `exporter_record`.
SELECT p.day, b.buyer_id, e.exporter_id, p.due, p.late, p.disputes, p.claims
FROM pair_days AS p
JOIN buyer_keys AS b ON b.buyer_no * 65536 = p.seat - p.day
JOIN exporter_keys AS e ON e.exporter_no = p.exporter_no
