-- name: hold_buyers_limit
-- Keep others from moving the limit of a buyer's identity until this transaction ends.
SELECT ledger.hold_buyers_limit(%(buyer_id)s)

-- name: hold_limit_of_cover
-- The same for the buyer of a cover.
SELECT ledger.hold_buyers_limit(d.buyer_id) FROM ledger.decisions d WHERE d.cover_id = %s

-- name: queue_rescore
-- Have a buyer's limit weighed again because of a new fact.
INSERT INTO ledger.rescores (buyer_id, cause, recorded_at) VALUES (%(buyer_id)s, %(cause)s, %(at)s)

-- name: queue_rescore_now
-- Have a buyer's limit weighed again because of what was just decided about it.
INSERT INTO ledger.rescores (buyer_id, cause, recorded_at) VALUES (%(buyer_id)s, %(cause)s, clock_timestamp())

-- name: rescore_waits
-- Tell whether a fact waits to be weighed.
SELECT EXISTS (SELECT FROM ledger.rescores WHERE done_at IS NULL AND not_before <= clock_timestamp())

-- name: next_rescore
-- Take the next fact to weigh that nobody else has taken.
SELECT rescore_id, buyer_id, cause FROM ledger.rescores
WHERE done_at IS NULL AND not_before <= clock_timestamp()
ORDER BY rescore_id LIMIT 1 FOR UPDATE SKIP LOCKED

-- name: rescored
-- Mark a fact as weighed.
UPDATE ledger.rescores SET done_at = clock_timestamp(), outcome = %(outcome)s, limit_id = %(limit_id)s
WHERE rescore_id = %(rescore_id)s

-- name: postpone_rescore
-- Weigh a fact later, after an attempt that failed: at first in a second, then ever more slowly, in an hour at most.
UPDATE ledger.rescores
SET attempts = attempts + 1, not_before = clock_timestamp() + least(2 ^ least(attempts, 12), 3600) * interval '1 second'
WHERE rescore_id = %(rescore_id)s

-- name: holding
-- What holds for a buyer's identity on a day: the limit in force, the newest reduction by an event (now, with notice, or
-- ended with the model's limit still waiting beneath), the model's limit, and the newest that a person set. What was
-- known before is settled by who gave cover again, as long as that holds: by nobody who only took away, and by no undoing.
WITH known AS (
    SELECT coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s) AS id
)
SELECT k.id AS identity_id,
    coalesce((SELECT d.country FROM ledger.directory d WHERE d.buyer_id = k.id), 'ZZ') AS country,
    ARRAY(SELECT d.buyer_id FROM ledger.directory d WHERE d.identity_id = k.id UNION SELECT k.id) AS members,
    l.status, l.source, l.amount_cents,
    coalesce(e.is_reduction AND (e.lasts OR l.limit_id IS NULL AND m.limit_id IS NOT NULL), false) AS is_reduced,
    CASE WHEN e.is_reduction AND e.lasts THEN e.amount_cents END AS reduced_cents,
    m.amount_cents AS model_cents, m.valid_to AS model_until,
    p.limit_id AS persons_limit_id, p.status AS persons_status,
    coalesce((SELECT max(u.recorded_at) FROM ledger.words u
        WHERE u.identity_id = k.id AND u.source = 'underwriter' AND u.recorded_by <> 'rescoring'
            AND (u.amount_cents > 0 OR u.status = 'restored')
            AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to > %(day)s)
            AND (SELECT true FROM desk.verdicts v
                WHERE v.limit_id = u.limit_id AND v.verdict = 'undone' LIMIT 1) IS NULL),
        '1970-01-01 00:00+00') AS settled_until
FROM known k
LEFT JOIN LATERAL ledger.limit_in_force(k.id, %(day)s, clock_timestamp()) l ON true
LEFT JOIN LATERAL ledger.model_limit_in_force(k.id, %(day)s, clock_timestamp()) m ON true
LEFT JOIN LATERAL (
    SELECT o.amount_cents, o.source = 'event' AND o.status NOT IN ('suspended', 'restored') AS is_reduction,
        o.valid_to IS NULL OR o.valid_to > %(day)s AS lasts
    FROM ledger.words o WHERE o.identity_id = k.id
        AND (o.source = 'event' OR o.valid_to IS NULL OR o.valid_to > %(day)s)
    ORDER BY o.recorded_at DESC, o.limit_id DESC LIMIT 1
) e ON true
LEFT JOIN LATERAL (
    SELECT * FROM ledger.words o WHERE o.identity_id = k.id AND o.source = 'underwriter'
        AND o.valid_from <= %(day)s AND (o.valid_to IS NULL OR o.valid_to > %(day)s)
    ORDER BY o.recorded_at DESC, o.limit_id DESC LIMIT 1
) p ON true

-- name: adverse_covers
-- Covers of an identity's buyers that had a notice or claim, or a claim's decision, since an instant; or ever, where the
-- buyer was not taken to be the identity then: who decided at that instant did not decide on it.
SELECT d.cover_id FROM ledger.decisions d
WHERE d.buyer_id = ANY(%(members)s) AND d.cover_id IS NOT NULL AND EXISTS (
    SELECT FROM ledger.entries e WHERE e.cover_id = d.cover_id AND e.event IN ('overdue', 'claim', 'claim_decision')
        AND (e.recorded_at > %(since)s OR ledger.identity_known(d.buyer_id, %(since)s) <> %(identity_id)s))
ORDER BY d.cover_id

-- name: set_event_limit
-- Record a limit that followed from an event; gives its id.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version,
    model_version, run_id, reasons, recorded_by)
VALUES (%(identity_id)s, %(amount_cents)s, %(status)s, 'event', %(valid_from)s, %(valid_to)s, %(grade)s, %(pd)s,
    %(policy_version)s, %(model_version)s, %(run_id)s, %(reasons)s, %(by)s)
RETURNING limit_id

-- name: reinstate_limit
-- Put into force again what a person had set before cover was stopped; gives the new limit's id.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version,
    model_version, run_id, reasons, recorded_by)
SELECT identity_id, amount_cents, status, source, %(day)s, valid_to, grade, pd, policy_version, model_version, NULL,
    reasons, %(by)s
FROM ledger.limits WHERE limit_id = %(limit_id)s
RETURNING limit_id

-- name: take_back_stops
-- Let the stops that notices and claims set on an identity count no more: nothing is left of what they were set for. Those
-- that have an end are the policy's, and stay.
INSERT INTO ledger.taken_back (limit_id, since, run_id)
SELECT s.limit_id, %(day)s, %(run_id)s FROM ledger.words s
WHERE s.identity_id = %(identity_id)s AND s.source = 'event' AND s.status = 'suspended' AND s.valid_to IS NULL

-- name: usual_values
-- The book's median of each feature.
SELECT feature, median FROM peers.usual

-- name: add_workings
-- Keep what one limit was made of.
INSERT INTO ledger.workings (run_id, identity_id, workings) VALUES (%(run_id)s, %(identity_id)s, %(workings)s)

-- name: copy_workings
-- Keep what the limits of a run were made of.
COPY ledger.workings (run_id, identity_id, workings) FROM STDIN

-- name: end_event_reductions
-- A run weighed all that was known when it began: reductions that events had made before are the run's own now.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by, run_id, reasons)
SELECT newest.identity_id, 0, 'restored', 'event', %(day)s, %(by)s, NULL, '[]'
FROM (
    SELECT DISTINCT ON (l.identity_id) l.identity_id, l.status, l.source, l.recorded_at
    FROM ledger.words l
    WHERE l.valid_to IS NULL OR l.valid_to > %(day)s
    ORDER BY l.identity_id, l.recorded_at DESC, l.limit_id DESC
) newest
WHERE newest.source = 'event' AND newest.status NOT IN ('suspended', 'restored') AND newest.recorded_at < %(known_at)s
