-- name: verify_buyer_exposures
-- A buyer's exposure is the sum of its entries.
SELECT coalesce(b.identity_id, e.identity_id), coalesce(b.exposure_cents, 0), coalesce(e.cents, 0)
FROM ledger.buyer_exposures b
FULL JOIN (SELECT identity_id, sum(exposure_cents) AS cents FROM ledger.entries GROUP BY identity_id) e
    ON e.identity_id = b.identity_id
WHERE coalesce(b.exposure_cents, 0) <> coalesce(e.cents, 0)

-- name: verify_exporter_exposures
-- An exporter's exposure is the sum of its covers' entries.
SELECT coalesce(x.exporter_id, e.exporter_id), coalesce(x.exposure_cents, 0), coalesce(e.cents, 0)
FROM ledger.exporter_exposures x
FULL JOIN (
    SELECT d.exporter_id, sum(e.exposure_cents) AS cents
    FROM ledger.entries e JOIN ledger.decisions d ON d.cover_id = e.cover_id GROUP BY d.exporter_id
) e ON e.exporter_id = x.exporter_id
WHERE coalesce(x.exposure_cents, 0) <> coalesce(e.cents, 0)

-- name: verify_shared_exposures
-- What a country or a programme year has used is the sum of its covers' entries.
SELECT coalesce(s.kind, e.kind) || ' ' || coalesce(s.key, e.key), coalesce(s.cents, 0), coalesce(e.cents, 0)
FROM (SELECT kind, key, sum(used_cents) AS cents FROM ledger.shared_exposures GROUP BY kind, key) s
FULL JOIN (
    SELECT k.kind, k.key, sum(k.cents) AS cents
    FROM ledger.entries e JOIN ledger.decisions d ON d.cover_id = e.cover_id,
    LATERAL (VALUES ('country', d.country, e.exposure_cents),
        ('year', extract(year FROM d.decided_at AT TIME ZONE 'UTC')::text, e.year_cents)) AS k (kind, key, cents)
    GROUP BY k.kind, k.key
) e ON e.kind = s.kind AND e.key = s.key
WHERE coalesce(s.cents, 0) <> coalesce(e.cents, 0)

-- name: verify_slices
-- The slices of a ceiling were not granted more than the ceiling, or than is used where it was lowered since.
SELECT kind || ' ' || key, sum(granted_cents), max(ceiling_cents)
FROM ledger.shared_exposures GROUP BY kind, key
HAVING sum(granted_cents) > greatest(max(ceiling_cents), sum(used_cents))

-- name: verify_reservations
-- Each cover that was given has exactly one reservation, of the same amount, buyer, instant and caller, and no cover is
-- without its decision.
SELECT coalesce(d.order_id, 'cover ' || e.cover_id), coalesce(d.covered_cents, 0), coalesce(e.exposure_cents, 0)
FROM (SELECT * FROM ledger.decisions WHERE cover_id IS NOT NULL) d
FULL JOIN (SELECT * FROM ledger.entries WHERE event = 'reserve') e ON e.cover_id = d.cover_id
WHERE d.cover_id IS NULL OR e.cover_id IS NULL OR e.seq <> 1 OR e.exposure_cents <> d.covered_cents
    OR e.year_cents <> d.covered_cents OR e.identity_id <> d.identity_id OR e.recorded_at <> d.decided_at
    OR e.happened_on <> (d.decided_at AT TIME ZONE 'UTC')::date OR e.recorded_by <> d.asked_by

-- name: verify_open_covers
-- The covers that are listed as open are those with something outstanding.
SELECT 'cover ' || coalesce(o.cover_id, e.cover_id), o.cover_id IS NOT NULL, coalesce(e.cents, 0)
FROM ledger.open_covers o
FULL JOIN (
    SELECT cover_id, sum(exposure_cents) AS cents FROM ledger.entries GROUP BY cover_id HAVING sum(exposure_cents) <> 0
) e ON e.cover_id = o.cover_id
WHERE o.cover_id IS NULL OR e.cover_id IS NULL

-- name: verify_covers
-- No cover's exposure or share of the year falls below nothing or above what was covered, at any of its entries.
SELECT 'cover ' || t.cover_id, t.exposure_cents, d.covered_cents
FROM (
    SELECT cover_id, seq, row_number() OVER life AS place, sum(exposure_cents) OVER life AS exposure_cents,
        sum(year_cents) OVER life AS year_cents
    FROM ledger.entries WINDOW life AS (PARTITION BY cover_id ORDER BY seq)
) t JOIN ledger.decisions d ON d.cover_id = t.cover_id
WHERE t.seq <> t.place OR t.exposure_cents NOT BETWEEN 0 AND d.covered_cents
    OR t.year_cents NOT BETWEEN 0 AND d.covered_cents

-- name: verify_decisions
-- Every decision follows again from what is stored with it, and none covered more than any ceiling had room for. Passed
-- over are those of 0 cents that an earlier rule covered on nothing.
SELECT d.order_id, d.covered_cents, (r.answer).covered_cents
FROM ledger.decisions d
JOIN ledger.policies p ON p.policy_version = d.policy_version
CROSS JOIN LATERAL (
    SELECT ledger.decide(d.amount_minor, d.amount_cents, d.usd_rate, d.terms_days, d.accept_partial, d.limit_status,
        d.buyer_room_cents, d.exporter_room_cents, d.country_room_cents, d.year_room_cents, d.first_time_exporters,
        d.largest_paid_cents, CASE WHEN EXISTS (
            SELECT FROM ledger.clearances c WHERE c.order_id = d.order_id) THEN ledger.without_signs(p) ELSE p END) AS answer
) r
WHERE NOT EXISTS (SELECT FROM ledger.covered_on_nothing n WHERE n.order_id = d.order_id) AND (
    (r.answer).decision <> d.decision OR (r.answer).covered_minor <> d.covered_minor
    OR (r.answer).covered_cents <> d.covered_cents OR (r.answer).available_minor <> d.available_minor
    OR (r.answer).reasons <> d.reasons OR d.amount_cents <> round(d.amount_minor * d.usd_rate)
    OR d.covered_cents > greatest(least(d.buyer_room_cents, d.exporter_room_cents, d.country_room_cents,
        d.year_room_cents), 0))

-- name: verify_workings
-- A limit says what its workings came to, and every limit of a run that kept workings has them.
SELECT l.run_id || ' ' || l.identity_id, l.amount_cents, w.workings::jsonb #>> '{decision,amount}'
FROM ledger.limits l
LEFT JOIN ledger.workings w ON w.run_id = l.run_id AND w.identity_id = l.identity_id
WHERE l.status <> 'restored' AND l.run_id IN (SELECT run_id FROM ledger.workings) AND (w.run_id IS NULL
    OR (w.workings::jsonb #>> '{decision,amount}')::bigint <> l.amount_cents
    OR l.source = 'model' AND w.workings::jsonb #>> '{decision,outcome}' <> l.status
    OR (w.workings::jsonb #>> '{decision,valid_from}')::date <> l.valid_from
    OR (w.workings::jsonb #>> '{decision,valid_to}')::date IS DISTINCT FROM l.valid_to
    OR w.workings::jsonb #>> '{decision,policy_version}' <> l.policy_version)

-- name: all_workings
-- What every limit was made of.
SELECT run_id, identity_id, workings FROM ledger.workings ORDER BY run_id, identity_id

-- name: verify_identities
-- Each buyer is taken to be whom its newest merge says, or itself.
SELECT coalesce(d.buyer_id, m.buyer_id), d.identity_id, coalesce(m.to_identity, d.buyer_id)
FROM ledger.directory d
FULL JOIN (
    SELECT DISTINCT ON (buyer_id) buyer_id, to_identity FROM ledger.merges ORDER BY buyer_id, merge_id DESC
) m ON m.buyer_id = d.buyer_id
WHERE d.identity_id IS DISTINCT FROM coalesce(m.to_identity, d.buyer_id)
