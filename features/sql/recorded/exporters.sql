-- `exporter_record` by the exporter's own id.
SELECT r.day, e.exporter_id, r.due, r.late, r.disputes, r.claims
FROM exporter_record AS r
JOIN exporter_keys AS e ON e.exporter_no = r.exporter_no
