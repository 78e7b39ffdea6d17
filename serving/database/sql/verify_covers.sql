-- name: all_lives
-- Every cover to which something happened, with its entries in turn and the book's row that each made; and which recoveries
-- pass the loss by the rule of before.
SELECT d.cover_id, c.order_id, d.exporter_id, d.buyer_id, d.currency, d.amount_minor, d.covered_minor, d.rate_bp,
    d.usd_rate, d.terms_days, d.decided_at, d.expires_at,
    d.identity_id AS first_identity, e.event, e.event_id, e.details, e.identity_id, e.exposure_cents, e.year_cents,
    e.happened_on, b.row AS book_row, EXISTS (
        SELECT FROM ledger.recovered_over_loss r WHERE r.cover_id = e.cover_id AND r.seq = e.seq) AS is_over_loss
FROM ledger.decisions d
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT x.referred_order_id FROM ledger.clearances x WHERE x.order_id = d.order_id), d.order_id)
        AS order_id
) c
JOIN ledger.entries e ON e.cover_id = d.cover_id
LEFT JOIN LATERAL (
    SELECT to_jsonb(o) AS row FROM book.orders o
    WHERE e.event = 'ship' AND o.order_id = c.order_id AND o.recorded_at = e.recorded_at
    UNION ALL SELECT to_jsonb(p) FROM book.payments p
    WHERE e.event = 'settle' AND p.payment_id = e.event_id AND p.recorded_at = e.recorded_at
    UNION ALL SELECT to_jsonb(n) FROM book.overdue_notices n
    WHERE e.event = 'overdue' AND n.order_id = c.order_id AND n.recorded_at = e.recorded_at
        AND n.reported_on = e.happened_on
    UNION ALL SELECT to_jsonb(v) FROM book.claims v
    WHERE e.event IN ('claim', 'claim_decision', 'recovery') AND v.order_id = c.order_id
        AND v.recorded_at = e.recorded_at
    LIMIT 1
) b ON true
WHERE EXISTS (SELECT FROM ledger.entries m WHERE m.cover_id = d.cover_id AND m.seq > 1)
ORDER BY d.cover_id, e.seq

-- name: verify_audited_entries
-- What happened to a cover stands in the audit trail as it stands in the ledger, from when the trail first kept it on.
SELECT 'cover ' || a.subject_id || ' ' || a.action, a.after::text, 'no such entry'
FROM access.audit a
WHERE a.role = 'ledger' AND a.subject = 'cover' AND NOT EXISTS (
    SELECT FROM ledger.entries e
    WHERE e.cover_id::text = a.subject_id AND e.event = a.action AND e.recorded_at = a.recorded_at
        AND e.recorded_by = a.who AND e.event_id IS NOT DISTINCT FROM a.after ->> 'event_id'
        AND e.exposure_cents = (a.after ->> 'exposure_cents')::bigint - (a.before ->> 'exposure_cents')::bigint
        AND coalesce(e.details, '{}') = a.after - ARRAY['exposure_cents', 'event_id'])
UNION ALL
SELECT 'cover ' || e.cover_id || ' ' || e.event, e.details::text, 'not in the audit trail'
FROM ledger.entries e
WHERE e.event <> 'reserve'
    AND e.recorded_at >= (SELECT min(a.recorded_at) FROM access.audit a WHERE a.role = 'ledger' AND a.subject = 'cover')
    AND NOT EXISTS (
        SELECT FROM access.audit a
        WHERE a.role = 'ledger' AND a.subject = 'cover' AND a.subject_id = e.cover_id::text AND a.action = e.event
            AND a.recorded_at = e.recorded_at)

-- name: verify_stops
-- A notice or claim has stopped cover on its buyer by the instant at which it was recorded.
SELECT 'cover ' || e.cover_id || ' ' || e.event, coalesce(l.status, 'no limit'), 'suspended'
FROM ledger.entries e
LEFT JOIN LATERAL ledger.limit_in_force(
    e.identity_id, (e.recorded_at AT TIME ZONE 'UTC')::date, e.recorded_at) l ON true
WHERE e.event IN ('overdue', 'claim') AND l.status IS DISTINCT FROM 'suspended'

-- name: verify_relations
-- Exporters are known to a buyer since its covers or the book say so, and each that had cover is.
WITH met AS (
    SELECT coalesce(k.identity_id, m.buyer_id) AS identity_id, m.exporter_id, min(m.day) AS first_on,
        min(m.day) FILTER (WHERE m.is_cover) AS covered_on
    FROM (
        SELECT d.buyer_id, d.exporter_id, (d.decided_at AT TIME ZONE 'UTC')::date AS day, true AS is_cover
        FROM ledger.decisions d WHERE d.cover_id IS NOT NULL
        UNION ALL SELECT o.buyer_id, o.exporter_id, o.ordered_on, false FROM book.orders o
    ) m LEFT JOIN ledger.directory k ON k.buyer_id = m.buyer_id
    GROUP BY 1, 2
)
SELECT coalesce(r.identity_id, m.identity_id) || ' ' || coalesce(r.exporter_id, m.exporter_id), r.first_on, m.first_on
FROM met m FULL JOIN ledger.relations r ON r.identity_id = m.identity_id AND r.exporter_id = m.exporter_id
WHERE m.identity_id IS NULL OR r.first_on < m.first_on OR r.first_on > m.covered_on
    OR r.identity_id IS NULL AND m.covered_on IS NOT NULL

-- name: verify_largest_paid
-- The largest order that an identity has paid is none larger than those of which the book or a cover has a payment.
WITH paid AS (
    SELECT coalesce(k.identity_id, m.buyer_id) AS identity_id, max(m.cents) AS cents
    FROM (
        SELECT o.buyer_id, round(o.amount_minor * CASE o.currency WHEN 'USD' THEN 1 ELSE r.usd_cents_per_minor END)
        FROM book.orders o
        LEFT JOIN used_rates r ON r.currency = o.currency AND r.day = o.ordered_on
        WHERE EXISTS (SELECT FROM book.payments p WHERE p.order_id = o.order_id)
        UNION ALL SELECT d.buyer_id, d.amount_cents
        FROM ledger.decisions d JOIN ledger.entries e ON e.cover_id = d.cover_id AND e.event = 'settle'
    ) m (buyer_id, cents)
    LEFT JOIN ledger.directory k ON k.buyer_id = m.buyer_id
    GROUP BY 1
)
SELECT b.identity_id, b.largest_paid_cents, coalesce(p.cents, 0)
FROM ledger.buyer_exposures b LEFT JOIN paid p ON p.identity_id = b.identity_id
WHERE b.largest_paid_cents > coalesce(p.cents, 0)

-- name: verify_countries
-- A buyer's country is that of its newest version in the book; of a buyer that the book does not know it is not known.
SELECT k.buyer_id, k.country, b.countries
FROM ledger.directory k
LEFT JOIN (
    SELECT v.buyer_id, array_agg(v.country) AS countries FROM (
        SELECT buyer_id, country, rank() OVER (PARTITION BY buyer_id ORDER BY recorded_at DESC, name) AS place
        FROM book.buyers
    ) v WHERE v.place = 1 GROUP BY v.buyer_id
) b ON b.buyer_id = k.buyer_id
WHERE k.country <> ALL (coalesce(b.countries, ARRAY['ZZ']))
