-- name: keep_reading
-- Keep the registry's last answer.
INSERT INTO models.reading (told) VALUES (%s)
ON CONFLICT (only_one) DO UPDATE SET told = EXCLUDED.told, read_at = clock_timestamp()

-- name: read_reading
-- The registry's last answer and when it was given.
SELECT told, read_at FROM models.reading

-- name: keep_report
-- Keep a run's report.
INSERT INTO models.reports (run_id, html) VALUES (%s, %s) ON CONFLICT DO NOTHING

-- name: read_report
-- A run's report.
SELECT html FROM models.reports WHERE run_id = %s

-- name: reports_held
-- The runs whose report is kept; what is not there (none) of a report included.
SELECT run_id, html IS NOT NULL FROM models.reports

-- name: keep_judgement
-- Keep how a run stood against the gates beside a champion.
INSERT INTO models.judgements (run_id, against_run_id, told) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING

-- name: judgements_held
-- The judgements that are kept, by run and champion's run.
SELECT run_id, against_run_id FROM models.judgements

-- name: read_judgements
-- How runs stood against the gates beside a champion, and when that was found.
SELECT told, judged_at FROM models.judgements WHERE against_run_id = %s

-- name: ask_for_work
-- Ask for slow work, unless it is asked for already or was done since an instant.
UPDATE models.work SET asked_at = clock_timestamp(), asked_by = %(by)s
WHERE work = %(work)s AND (asked_at IS NULL OR coalesce(ended_at, '-infinity') >= asked_at)
    AND coalesce(ended_at, '-infinity') < %(unless_since)s
RETURNING work

-- name: end_work
-- Tell that a try at slow work ended, well or with a fault.
UPDATE models.work SET ended_at = clock_timestamp(), fault = %(fault)s WHERE work = %(work)s

-- name: read_work
-- Slow work: what is asked for and not done yet, and how the last try went.
SELECT work, asked_at, asked_by, ended_at, fault, asked_at IS NOT NULL AND coalesce(ended_at, '-infinity') < asked_at
    AS is_due
FROM models.work

-- name: work_due
-- Whether the registry is to be read, drift to be looked for, or a change to be carried out (after a fault, not at once).
SELECT
    EXISTS (SELECT FROM models.work w WHERE w.work <> 'change' AND coalesce(w.ended_at, '-infinity') < w.asked_at)
    OR (EXISTS (
            SELECT FROM models.words w WHERE w.status = 'confirmed' AND NOT EXISTS (
                SELECT FROM models.words l WHERE l.change_id = w.change_id AND l.place > w.place))
        AND NOT EXISTS (
            SELECT FROM models.work w WHERE w.work = 'change' AND w.fault IS NOT NULL AND w.ended_at > %s))

-- name: hold_models
-- Take the turn of doing slow work on models, unless another process has it.
SELECT pg_try_advisory_lock(hashtextextended('slow work on models', 0))

-- name: add_look
-- Record what a look for drift found.
INSERT INTO models.looks (told, asked_by) VALUES (%s, %s)

-- name: list_looks
-- The newest looks for drift.
SELECT look_id, told, asked_by, recorded_at FROM models.looks ORDER BY look_id DESC LIMIT %s

-- name: hold_changes
-- Keep others who ask for a change, or speak of one, waiting.
SELECT pg_advisory_xact_lock(hashtextextended('changes of the model in use', 0))

-- name: change_of_event
-- Find a change by its asker's key.
SELECT change_id FROM models.changes WHERE asked_by = %s AND event_id = %s

-- name: add_change
-- Ask for another version in use.
INSERT INTO models.changes (event_id, kind, version, champion, is_override, reason, judged, asked_by, asked_role)
VALUES (%(event_id)s, %(kind)s, %(version)s, %(champion)s, %(is_override)s, %(reason)s, %(judged)s, %(asked_by)s,
    %(asked_role)s)
RETURNING change_id

-- name: add_word
-- Enter what is said of a change.
INSERT INTO models.words (change_id, place, status, reason, said_by, said_role)
SELECT %(change_id)s, count(*) + 1, %(status)s, %(reason)s, %(by)s, %(role)s
FROM models.words WHERE change_id = %(change_id)s

-- name: list_changes
-- A page of changes with all that was said of each, newest first; each filter is left out by null.
SELECT c.change_id, c.event_id, c.kind, c.version, c.champion, c.is_override, c.reason, c.judged, c.asked_by,
    c.asked_role, c.recorded_at, coalesce(w.words, '[]') AS words
FROM models.changes c
LEFT JOIN LATERAL (
    SELECT jsonb_agg(to_jsonb(x) - 'change_id' ORDER BY x.place) AS words, (array_agg(x.status ORDER BY x.place DESC))[1]
        AS status
    FROM models.words x WHERE x.change_id = c.change_id
) w ON true
WHERE (%(change_id)s::bigint IS NULL OR c.change_id = %(change_id)s)
    AND (%(before)s::bigint IS NULL OR c.change_id < %(before)s)
    AND (%(status)s::text IS NULL OR coalesce(w.status, 'waiting') = %(status)s)
ORDER BY c.change_id DESC LIMIT %(most)s
