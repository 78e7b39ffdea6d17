-- The recorded total of the book, the buyer's own part then exchanged for its part now.
SELECT
    now.day,
    COALESCE(t.due, 0) - COALESCE(own.due, 0) + now.due AS due,
    COALESCE(t.late, 0) - COALESCE(own.late, 0) + now.late AS late,
    COALESCE(t.serious, 0) - COALESCE(own.serious, 0) + now.serious AS serious,
    COALESCE(t.disputes, 0) - COALESCE(own.disputes, 0) + now.disputes AS disputes,
    COALESCE(t.claims, 0) - COALESCE(own.claims, 0) + now.claims AS claims,
    COALESCE(t.notices, 0) - COALESCE(own.notices, 0) + now.notices AS notices
FROM buyer_record AS now
JOIN buyer_keys AS b ON b.buyer_no * 65536 = now.seat - now.day AND b.buyer_id = %(buyer_id)s
CROSS JOIN recorded AS r
LEFT JOIN peers.book AS t ON t.day = r.day
LEFT JOIN peers.buyers AS own ON own.buyer_id = b.buyer_id AND own.day = r.day
