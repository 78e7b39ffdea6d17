-- name: copy_findings
-- Record the findings of a review.
COPY whitelist.findings (exporter_id, as_of, status, criteria, excluded_for, extra_compensation_cents, policy_version,
    model_version) FROM STDIN

-- name: list_findings
-- A page of the findings of the latest day with each exporter's standing and the last word on it, by exporter.
SELECT f.exporter_id, n.name, f.as_of, f.status, f.criteria, f.excluded_for, f.extra_compensation_cents, f.policy_version,
    f.model_version, f.recorded_at, coalesce(s.standing, 'standard') AS standing, s.valid_to AS standing_until,
    v.verdict AS last_verdict, v.reason AS last_reason, v.decided_by AS last_decided_by, v.recorded_at AS last_decided_at
FROM (
    SELECT DISTINCT ON (x.exporter_id) x.* FROM whitelist.findings x
    WHERE x.exporter_id > %(after)s AND (%(exporter_id)s::text IS NULL OR x.exporter_id = %(exporter_id)s)
    ORDER BY x.exporter_id, x.as_of DESC, x.recorded_at DESC
) f
LEFT JOIN LATERAL ledger.standing_in_force(f.exporter_id, %(day)s, clock_timestamp()) s ON true
LEFT JOIN LATERAL (
    SELECT w.verdict, w.reason, w.decided_by, w.recorded_at FROM whitelist.verdicts w
    WHERE w.exporter_id = f.exporter_id ORDER BY w.verdict_id DESC LIMIT 1
) v ON true
LEFT JOIN LATERAL (
    SELECT e.name FROM book.exporters e WHERE e.exporter_id = f.exporter_id ORDER BY e.recorded_at DESC, e.name LIMIT 1
) n ON true
WHERE (%(status)s::text IS NULL OR f.status = %(status)s)
    AND (%(standing)s::text IS NULL OR coalesce(s.standing, 'standard') = %(standing)s)
ORDER BY f.exporter_id LIMIT %(most)s

-- name: hold_exporter
-- Keep other words on an exporter's standing waiting.
SELECT pg_advisory_xact_lock(hashtextextended('standing of ' || %s, 0))

-- name: standing_now
-- An exporter's standing on a day, none where it is standard by default.
SELECT standing, valid_to, standing_id FROM ledger.standing_in_force(%(exporter_id)s, %(day)s, clock_timestamp())

-- name: set_standing
-- Put a standing into force.
INSERT INTO ledger.standings (exporter_id, standing, valid_from, valid_to, reason, recorded_by)
VALUES (%(exporter_id)s, %(standing)s, %(valid_from)s, %(valid_to)s, %(reason)s, %(by)s) RETURNING standing_id

-- name: standing_word
-- Find what somebody said under a key.
SELECT exporter_id, verdict, valid_to, reason FROM whitelist.verdicts WHERE decided_by = %s AND event_id = %s

-- name: add_standing_verdict
-- Enter what somebody says of an exporter.
INSERT INTO whitelist.verdicts (event_id, exporter_id, verdict, valid_to, reason, standing_id, decided_by)
VALUES (%(event_id)s, %(exporter_id)s, %(verdict)s, %(valid_to)s, %(reason)s, %(standing_id)s, %(by)s)
