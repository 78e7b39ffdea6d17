-- name: trial_of_event
-- Find the trial that somebody asked for under a key, and whether it was the same.
SELECT trial_id, (kind, as_of, policies) = (%(kind)s, %(as_of)s, %(policies)s) FROM trials.trials
WHERE asked_by = %(asked_by)s AND event_id = %(event_id)s

-- name: trials_under_way
-- Count somebody's trials that have no outcome yet.
SELECT count(*) FROM trials.trials t
WHERE t.asked_by = %(asked_by)s AND NOT EXISTS (SELECT FROM trials.outcomes o WHERE o.trial_id = t.trial_id)

-- name: add_trial
-- Enter a trial.
INSERT INTO trials.trials (event_id, kind, as_of, policies, asked_by, asked_role)
VALUES (%(event_id)s, %(kind)s, %(as_of)s, %(policies)s, %(asked_by)s, %(asked_role)s)
RETURNING trial_id

-- name: list_trials
-- A page of trials of a kind, newest first, with what became of each; each filter is left out by null.
SELECT t.trial_id, t.event_id, t.kind, t.as_of, t.policies, t.asked_by, t.asked_role, t.recorded_at, o.failure, o.basis,
    o.sides, o.recorded_at AS finished_at, r.run_id, r.limits, r.reason, r.released_by, r.recorded_at AS released_at
FROM trials.trials t
LEFT JOIN trials.outcomes o ON o.trial_id = t.trial_id
LEFT JOIN trials.releases r ON r.trial_id = t.trial_id
WHERE t.kind = %(kind)s AND (%(trial_id)s::bigint IS NULL OR t.trial_id = %(trial_id)s)
    AND (%(before)s::bigint IS NULL OR t.trial_id < %(before)s)
ORDER BY t.trial_id DESC LIMIT %(most)s

-- name: trial_steps
-- How far the work on some trials came, in turn.
SELECT trial_id, step, recorded_at FROM trials.steps WHERE trial_id = ANY(%s) ORDER BY trial_id, recorded_at

-- name: trial_waits
-- Tell whether a trial waits to be worked out, or a release for its last step.
SELECT EXISTS (SELECT FROM trials.trials t WHERE NOT EXISTS (
        SELECT FROM trials.outcomes o WHERE o.trial_id = t.trial_id))
    OR EXISTS (SELECT FROM trials.releases r WHERE NOT EXISTS (
        SELECT FROM trials.refreshes f WHERE f.trial_id = r.trial_id))

-- name: waiting_trials
-- Trials without an outcome, the oldest first, and how often work on each began.
SELECT t.trial_id, t.kind, t.as_of, t.policies,
    (SELECT count(*) FROM trials.steps s WHERE s.trial_id = t.trial_id AND s.step = 'started') AS starts
FROM trials.trials t WHERE NOT EXISTS (SELECT FROM trials.outcomes o WHERE o.trial_id = t.trial_id)
ORDER BY t.trial_id

-- name: claim_trial
-- Try to be the one that works on a trial.
SELECT pg_try_advisory_lock(hashtextextended('bolanggu trial ' || %(trial_id)s, 0))

-- name: leave_trial
-- Let others work on a trial.
SELECT pg_advisory_unlock(hashtextextended('bolanggu trial ' || %(trial_id)s, 0))

-- name: trial_outcome
-- Tell whether a trial has its outcome.
SELECT FROM trials.outcomes WHERE trial_id = %s

-- name: add_trial_step
-- Tell how far the work on a trial came.
INSERT INTO trials.steps (trial_id, step) VALUES (%(trial_id)s, %(step)s)

-- name: add_trial_outcome
-- Enter what a trial came to.
INSERT INTO trials.outcomes (trial_id, failure, basis, sides) VALUES (%(trial_id)s, %(failure)s, %(basis)s, %(sides)s)

-- name: copy_trial_decisions
-- Keep the decisions of a trial.
COPY trials.decisions (
    trial_id, side, identity_id, country, stands, change, previous_cents, amount_cents, status, authority, valid_from,
    valid_to, grade, pd, policy_version, reasons, workings) FROM STDIN

-- name: trial_counts
-- How much there is of what previews rest on; of the book's rows, those that were recorded by an instant.
SELECT (SELECT count(*) FROM ledger.limits WHERE source = 'model') AS runs,
    (SELECT count(*) FROM ledger.limits WHERE source = 'underwriter') AS persons,
    (SELECT count(*) FROM ledger.standings) AS standings,
    (SELECT count(*) FROM ledger.merges) AS merges,
    (SELECT sum(each.known) FROM (
        SELECT count(*) FROM book.orders WHERE recorded_at <= settled.at
        UNION ALL SELECT count(*) FROM book.payments WHERE recorded_at <= settled.at
        UNION ALL SELECT count(*) FROM book.overdue_notices WHERE recorded_at <= settled.at
        UNION ALL SELECT count(*) FROM book.claims WHERE recorded_at <= settled.at
        UNION ALL SELECT count(*) FROM book.buyers WHERE recorded_at <= settled.at
        UNION ALL SELECT count(*) FROM book.country_risk WHERE recorded_at <= settled.at) each (known))::bigint AS facts
FROM (SELECT %(counted_at)s::timestamptz - interval '1 minute' AS at) settled

-- name: unweighed_rises
-- Count buyers that a preview raises, or gives a limit anew, on whom a notice or claim came since that was not weighed.
SELECT count(DISTINCT d.identity_id) FROM (
    SELECT order_id FROM book.overdue_notices WHERE recorded_at > %(since)s
    UNION SELECT order_id FROM book.claims WHERE recorded_at > %(since)s
) news
JOIN book.orders o ON o.order_id = news.order_id
LEFT JOIN ledger.directory k ON k.buyer_id = o.buyer_id
JOIN trials.decisions d ON d.trial_id = %(trial_id)s AND d.side = 0
    AND d.identity_id = coalesce(k.identity_id, o.buyer_id) AND d.change IN ('new', 'increase') AND d.amount_cents > 0
WHERE NOT EXISTS (
    SELECT FROM ledger.rescores r WHERE r.buyer_id = o.buyer_id AND r.recorded_at > %(settled)s AND r.done_at IS NOT NULL)

-- name: largest_rise
-- The largest limit that a preview raises or newly gives, US cents.
SELECT coalesce(max(amount_cents), 0) FROM trials.decisions
WHERE trial_id = %s AND side = 0 AND change IN ('new', 'increase') AND stands IS NULL

-- name: hold_trial
-- Keep other releases of a trial waiting.
SELECT pg_advisory_xact_lock(hashtextextended('bolanggu release of trial ' || %s, 0))

-- name: hold_runs
-- Keep runs from beginning until this transaction ends; false where one is under way.
SELECT pg_try_advisory_xact_lock(hashtextextended(%(lock)s, 0))

-- name: release_limits
-- Put the limits of a preview into force; what a person set stands.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version,
    model_version, run_id, reasons, recorded_by)
SELECT identity_id, amount_cents, status, 'model', valid_from, valid_to, grade, pd, policy_version, %(model_version)s,
    %(run_id)s, reasons, %(by)s
FROM trials.decisions WHERE trial_id = %(trial_id)s AND side = 0 AND stands IS DISTINCT FROM 'override'
ORDER BY identity_id

-- name: release_workings
-- Keep what the limits of a preview were made of.
INSERT INTO ledger.workings (run_id, identity_id, workings)
SELECT %(run_id)s, identity_id, workings
FROM trials.decisions WHERE trial_id = %(trial_id)s AND side = 0 AND stands IS DISTINCT FROM 'override'

-- name: add_release
-- Enter the release of a preview.
INSERT INTO trials.releases (trial_id, run_id, limits, reason, released_by, released_role)
VALUES (%(trial_id)s, %(run_id)s, %(limits)s, %(reason)s, %(released_by)s, %(released_role)s)

-- name: unfinished_releases
-- Releases after which the tables about peers are still those of before, with what brings them up.
SELECT r.trial_id, t.as_of, (o.basis ->> 'known_at')::timestamptz, o.basis -> 'usual'
FROM trials.releases r JOIN trials.trials t USING (trial_id) JOIN trials.outcomes o USING (trial_id)
WHERE NOT EXISTS (SELECT FROM trials.refreshes f WHERE f.trial_id = r.trial_id) ORDER BY r.recorded_at

-- name: release_finished
-- Tell whether the tables about peers were brought to a release's day.
SELECT FROM trials.refreshes WHERE trial_id = %s

-- name: finish_release
-- Mark that the tables about peers are those of a release's day.
INSERT INTO trials.refreshes (trial_id) VALUES (%s)

-- name: preview_moves
-- A page of the buyers whose limit a preview changes, by identity, with the grade in force.
SELECT d.identity_id, n.name, d.country, d.stands, d.change, d.status, d.previous_cents AS before_cents,
    d.amount_cents AS after_cents, l.grade AS grade_before, d.grade, d.pd, d.authority, d.valid_from, d.valid_to,
    d.reasons -> 0 AS why
FROM trials.decisions d
LEFT JOIN LATERAL (
    SELECT v.name FROM book.buyers v WHERE v.buyer_id = d.identity_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true
LEFT JOIN LATERAL (
    SELECT o.grade FROM ledger.limits o, trials.outcomes done
    WHERE done.trial_id = d.trial_id AND o.identity_id = d.identity_id AND o.source = 'model'
        AND o.recorded_at <= (done.basis ->> 'known_at')::timestamptz AND o.valid_from <= %(day)s
    ORDER BY o.recorded_at DESC, o.limit_id DESC LIMIT 1
) l ON true
WHERE d.trial_id = %(trial_id)s AND d.side = 0 AND d.change <> 'prolong' AND d.identity_id > %(after)s
ORDER BY d.identity_id LIMIT %(most)s

-- name: comparison_moves
-- A page of the buyers whose limit is not the same under a comparison's two policies, by identity.
SELECT d.identity_id, n.name, d.country, d.stands,
    CASE WHEN d.amount_cents > a.amount_cents THEN 'increase' ELSE 'reduce' END AS change, d.status,
    a.amount_cents AS before_cents, d.amount_cents AS after_cents, a.grade AS grade_before, d.grade, d.pd, d.authority,
    d.valid_from, d.valid_to, d.reasons -> 0 AS why
FROM trials.decisions d
JOIN trials.decisions a ON a.trial_id = d.trial_id AND a.side = 1 AND a.identity_id = d.identity_id
LEFT JOIN LATERAL (
    SELECT v.name FROM book.buyers v WHERE v.buyer_id = d.identity_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true
WHERE d.trial_id = %(trial_id)s AND d.side = 0 AND d.amount_cents <> a.amount_cents AND d.identity_id > %(after)s
    AND d.stands IS NULL AND %(day)s::date IS NOT NULL
ORDER BY d.identity_id LIMIT %(most)s
