-- One row for each buyer with a known order and each day asked for; the families add their columns and joins.
-- On a day the seats are in the order of the buyers' ids, and numbers are put in order with less work than texts.
SELECT i.buyer_id, d.as_of
FROM buyer_ever AS e
JOIN buyer_keys AS i ON i.buyer_no * 65536 = e.seat - e.day
JOIN days AS d ON d.day = e.day
ORDER BY d.day, e.seat
