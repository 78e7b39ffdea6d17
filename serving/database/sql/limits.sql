-- name: record_policy
-- Record a version of the policy; one that is recorded already is left alone.
INSERT INTO ledger.policies (
    policy_version, effective_from, buyer_cap_cents, discretionary_cents, standard_bp, whitelisted_bp, reservation_days,
    longest_terms_days, exporter_ceiling_cents, country_ceiling_cents, year_ceiling_cents, window_days, new_exporters,
    jump_over_paid, jump_floor_cents)
VALUES (
    %(policy_version)s, %(effective_from)s, %(buyer_cap_cents)s, %(discretionary_cents)s, %(standard_bp)s,
    %(whitelisted_bp)s, %(reservation_days)s, %(longest_terms_days)s, %(exporter_ceiling_cents)s,
    %(country_ceiling_cents)s, %(year_ceiling_cents)s, %(window_days)s, %(new_exporters)s, %(jump_over_paid)s,
    %(jump_floor_cents)s)
ON CONFLICT (policy_version) DO NOTHING

-- name: recorded_policy
-- What was recorded of a version of the policy, to compare with what this program holds.
SELECT policy_version, effective_from, buyer_cap_cents, discretionary_cents, standard_bp, whitelisted_bp,
    reservation_days, longest_terms_days, exporter_ceiling_cents, country_ceiling_cents, year_ceiling_cents, window_days,
    new_exporters, jump_over_paid, jump_floor_cents
FROM ledger.policies WHERE policy_version = %s

-- name: recorded_policies
-- Every version of the policy that is recorded.
SELECT policy_version, effective_from, buyer_cap_cents, discretionary_cents, standard_bp, whitelisted_bp,
    reservation_days, longest_terms_days, exporter_ceiling_cents, country_ceiling_cents, year_ceiling_cents, window_days,
    new_exporters, jump_over_paid, jump_floor_cents
FROM ledger.policies ORDER BY policy_version

-- name: limit_in_force
-- The limit of a buyer's identity on a day as known at an instant, with what was outstanding then. What was posted on the
-- identity is found by the covers of all buyers that were ever taken to be it.
WITH known AS (
    SELECT ledger.identity_known(%(buyer_id)s, %(known_at)s) AS id
)
SELECT k.id AS identity_id, l.limit_id, l.amount_cents, l.status, l.source, l.valid_from, l.valid_to, l.grade, l.pd,
    l.policy_version, l.model_version, l.reasons, l.recorded_at,
    past.valid_to AS ended_on, past.limit_id AS ended_limit_id,
    coalesce((
        SELECT sum(e.exposure_cents)
        FROM (SELECT k.id UNION SELECT m.buyer_id FROM ledger.merges m WHERE m.to_identity = k.id) once (buyer_id)
        JOIN ledger.decisions d ON d.buyer_id = once.buyer_id AND d.cover_id IS NOT NULL
        JOIN ledger.entries e ON e.cover_id = d.cover_id AND e.identity_id = k.id
        WHERE e.recorded_at <= %(known_at)s), 0)::bigint AS exposure_cents
FROM known k
LEFT JOIN LATERAL ledger.limit_in_force(k.id, %(day)s, %(known_at)s) l ON true
LEFT JOIN LATERAL (
    SELECT p.limit_id, p.valid_to FROM ledger.limits p
    WHERE l.limit_id IS NULL AND p.identity_id = k.id AND p.recorded_at <= %(known_at)s AND p.valid_to <= %(day)s
    ORDER BY p.recorded_at DESC, p.limit_id DESC LIMIT 1
) past ON true

-- name: hold_writing
-- Keep limits that follow from events waiting while a run writes its own, so that each sees all of a run or nothing.
SELECT pg_advisory_xact_lock(hashtextextended('bolanggu limits being written', 0))

-- name: wait_for_writing
-- Let a run that is writing its limits finish, and the next begin only after this transaction.
SELECT pg_advisory_xact_lock_shared(hashtextextended('bolanggu limits being written', 0))

-- name: copy_limits
-- Record the limits of a run.
COPY ledger.limits (
    identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version, model_version, run_id,
    reasons, recorded_by) FROM STDIN

-- name: limits_in_force
-- The limit of every identity that has one in force on a day, as known now.
SELECT l.identity_id, l.amount_cents, l.valid_to, l.source, l.status
FROM ledger.limits_in_force(%(day)s, clock_timestamp()) l
WHERE NOT EXISTS (
    SELECT FROM ledger.directory d WHERE d.buyer_id = l.identity_id AND d.identity_id <> l.identity_id)
ORDER BY l.identity_id

-- name: whitelisted_on
-- The exporters that are whitelisted on a day, as known now.
SELECT x.exporter_id FROM (SELECT DISTINCT exporter_id FROM ledger.standings) x
CROSS JOIN LATERAL ledger.standing_in_force(x.exporter_id, %(day)s, clock_timestamp()) s
WHERE s.standing = 'whitelisted' ORDER BY x.exporter_id

-- name: limit_history
-- Versions of the limit of a buyer's identity, both as recorded before an instant, newest first: a page of them, or all.
SELECT l.limit_id, l.amount_cents, l.status, l.source, l.valid_from, l.valid_to, l.grade, l.pd, l.policy_version,
    l.model_version, l.reasons, l.recorded_by, l.recorded_at
FROM ledger.limits l
WHERE l.identity_id = ledger.identity_known(%(buyer_id)s, %(end)s::timestamptz - interval '1 microsecond')
    AND (%(before)s::bigint IS NULL OR l.limit_id < %(before)s) AND l.recorded_at < %(end)s
ORDER BY l.limit_id DESC LIMIT %(most)s

-- name: list_limits
-- A page of the limits in force on a day, by identity, with what is outstanding now.
SELECT page.identity_id, n.name, coalesce(k.country, 'ZZ') AS country, l.limit_id, l.amount_cents, l.status, l.source,
    l.valid_from, l.valid_to, l.grade, l.pd, coalesce(b.exposure_cents, 0) AS exposure_cents
FROM (
    SELECT DISTINCT x.identity_id FROM ledger.limits x WHERE x.identity_id > %(after)s
) page
CROSS JOIN LATERAL ledger.limit_in_force(page.identity_id, %(day)s, clock_timestamp()) l
LEFT JOIN ledger.directory k ON k.buyer_id = page.identity_id
LEFT JOIN ledger.buyer_exposures b ON b.identity_id = page.identity_id
LEFT JOIN LATERAL (
    SELECT v.name FROM book.buyers v WHERE v.buyer_id = page.identity_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true
WHERE (%(country)s::text IS NULL OR k.country = %(country)s) AND (%(grade)s::text IS NULL OR l.grade = %(grade)s)
    AND (%(status)s::text IS NULL OR l.status = %(status)s)
ORDER BY page.identity_id LIMIT %(most)s
