-- The recorded totals of the buyer's exporters, its own part then exchanged for its part now.
SELECT
    now.day,
    now.exporter_no,
    COALESCE(t.due, 0) - COALESCE(own.due, 0) + now.due AS due,
    COALESCE(t.late, 0) - COALESCE(own.late, 0) + now.late AS late,
    COALESCE(t.disputes, 0) - COALESCE(own.disputes, 0) + now.disputes AS disputes,
    COALESCE(t.claims, 0) - COALESCE(own.claims, 0) + now.claims AS claims
FROM pair_days AS now
JOIN buyer_keys AS b ON b.buyer_no * 65536 = now.seat - now.day AND b.buyer_id = %(buyer_id)s
JOIN exporter_keys AS e ON e.exporter_no = now.exporter_no
CROSS JOIN recorded AS r
LEFT JOIN peers.exporters AS t ON t.exporter_id = e.exporter_id AND t.day = r.day
LEFT JOIN peers.pairs AS own ON own.buyer_id = b.buyer_id AND own.exporter_id = e.exporter_id AND own.day = r.day
