-- name: identity_of
-- Whom a buyer is taken to be, and all buyers that are taken to be the same.
WITH known AS (
    SELECT coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s) AS id
)
SELECT k.id, ARRAY(
    SELECT d.buyer_id FROM ledger.directory d WHERE d.identity_id = k.id UNION SELECT %(buyer_id)s ORDER BY 1)
FROM known k

-- name: hold_covers
-- Keep events of buyers' covers waiting; in the order in which events lock: covers before counters.
SELECT cover_id FROM ledger.decisions WHERE buyer_id = ANY(%(buyers)s) AND cover_id IS NOT NULL
ORDER BY cover_id FOR UPDATE

-- name: open_identities
-- Make the counters of identities that have none, in the order in which all lock them.
INSERT INTO ledger.buyer_exposures (identity_id)
SELECT id FROM unnest(%(identities)s::text[]) id ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING

-- name: hold_identities
-- Keep order checks on identities waiting; they look at the directory again once they hold the counter.
SELECT identity_id FROM ledger.buyer_exposures WHERE identity_id = ANY(%(identities)s)
ORDER BY identity_id COLLATE "C" FOR UPDATE

-- name: instant_held
-- The instant of a change, taken once all that it touches is held.
SELECT clock_timestamp()

-- name: move_exposures
-- Move what is outstanding on buyers from one identity to another: each open cover leaves the one and enters the other.
WITH outstanding AS (
    SELECT e.cover_id, max(e.seq) AS seq, sum(e.exposure_cents)::bigint AS cents
    FROM ledger.decisions d JOIN ledger.entries e ON e.cover_id = d.cover_id
    WHERE d.buyer_id = ANY(%(buyers)s)
    GROUP BY e.cover_id HAVING sum(e.exposure_cents) <> 0
),
moved AS (
    INSERT INTO ledger.entries (cover_id, seq, event, identity_id, exposure_cents, year_cents, happened_on, details,
                                recorded_by, recorded_at)
    SELECT o.cover_id, o.seq + leg.place, 'merge', leg.identity_id, leg.sign * o.cents, 0, %(at)s::date,
        jsonb_build_object('reason', %(reason)s::text), %(by)s, %(at)s
    FROM outstanding o
    CROSS JOIN (VALUES (1, %(from)s, -1), (2, %(to)s, 1)) leg (place, identity_id, sign)
    RETURNING identity_id, exposure_cents
)
UPDATE ledger.buyer_exposures b SET exposure_cents = b.exposure_cents + m.cents
FROM (SELECT identity_id, sum(exposure_cents)::bigint AS cents FROM moved GROUP BY identity_id) m
WHERE b.identity_id = m.identity_id

-- name: enter_identity
-- Take buyers to be an identity from now on.
INSERT INTO ledger.directory (buyer_id, identity_id, country)
SELECT id, %(to)s, 'ZZ' FROM unnest(%(buyers)s::text[]) id
ON CONFLICT (buyer_id) DO UPDATE SET identity_id = excluded.identity_id

-- name: record_merge
-- Record who was found to be whom, and why.
INSERT INTO ledger.merges (buyer_id, from_identity, to_identity, reason, recorded_by, recorded_at)
SELECT id, %(from)s, %(to)s, %(reason)s, %(by)s, %(at)s FROM unnest(%(buyers)s::text[]) id

-- name: forget_relations
-- Forget since when exporters have sold to identities,
DELETE FROM ledger.relations WHERE identity_id = ANY(%(identities)s)

-- name: find_relations
-- and find it anew: by their buyers' covers and the book's orders.
INSERT INTO ledger.relations (identity_id, exporter_id, first_on)
SELECT met.identity_id, met.exporter_id, min(met.first_on) FROM (
    SELECT d.identity_id, c.exporter_id, (c.decided_at AT TIME ZONE 'UTC')::date AS first_on
    FROM ledger.directory d JOIN ledger.decisions c ON c.buyer_id = d.buyer_id AND c.cover_id IS NOT NULL
    WHERE d.identity_id = ANY(%(identities)s)
    UNION ALL
    SELECT d.identity_id, o.exporter_id, o.ordered_on
    FROM ledger.directory d JOIN book.orders o ON o.buyer_id = d.buyer_id
    WHERE d.identity_id = ANY(%(identities)s)
) met GROUP BY met.identity_id, met.exporter_id

-- name: find_largest_paid
-- Find the largest order that each of some identities has paid in full, as far as the book has a rate for it.
UPDATE ledger.buyer_exposures b SET largest_paid_cents = coalesce((
    SELECT max(round(o.amount_minor * CASE o.currency WHEN 'USD' THEN 1 ELSE r.usd_cents_per_minor END))::bigint
    FROM ledger.directory d
    JOIN LATERAL (
        SELECT DISTINCT ON (n.order_id) n.* FROM book.orders n WHERE n.buyer_id = d.buyer_id
        ORDER BY n.order_id, n.recorded_at DESC
    ) o ON true
    LEFT JOIN peers.usd_rates r ON r.currency = o.currency AND r.day = o.ordered_on
    WHERE d.identity_id = b.identity_id AND (
        SELECT sum(p.amount_minor) FROM (
            SELECT DISTINCT ON (n.payment_id) n.amount_minor, n.currency FROM book.payments n
            WHERE n.order_id = o.order_id ORDER BY n.payment_id, n.recorded_at DESC
        ) p WHERE p.currency = o.currency
    ) >= o.amount_minor), 0)
WHERE b.identity_id = ANY(%(identities)s)

-- name: carry_stop
-- Stops of cover go along with their buyer, from whomever they come: what holds, and what would again once that which was
-- laid over it has ended. Nothing of that lies over the other's limit, so they hold at once. An event's stop was lifted by
-- a later event or by rescoring; any stop by persons who gave cover again for no shorter time.
WITH laid AS (
    SELECT l.*, row_number() OVER (ORDER BY l.recorded_at, l.limit_id) AS place,
        coalesce(l.valid_to, 'infinity') AS ends, l.amount_cents > 0 OR l.status = 'restored' AS gives
    FROM ledger.words l, (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day) today
    WHERE l.identity_id = %(from)s AND l.valid_from <= today.day
        AND (l.source = 'event' OR l.valid_to IS NULL OR l.valid_to > today.day)
)
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, reasons, recorded_by)
SELECT %(to)s, 0, 'suspended', s.source, s.valid_from, s.valid_to, s.reasons, %(by)s
FROM laid s
WHERE s.status = 'suspended' AND NOT EXISTS (
    SELECT FROM laid o WHERE o.place > s.place AND (
        s.source = 'event' AND (o.source = 'event' OR o.recorded_by = 'rescoring')
        OR o.source = 'underwriter' AND o.ends >= s.ends AND (o.gives OR o.status = s.status AND o.source = s.source)))
    AND NOT EXISTS (
        SELECT FROM ledger.limit_in_force(%(to)s, (clock_timestamp() AT TIME ZONE 'UTC')::date, clock_timestamp()) t
        WHERE t.status = 'suspended' AND t.source = s.source AND coalesce(t.valid_to, 'infinity') >= s.ends)
ORDER BY s.place

-- name: hold_limit
-- Keep others from moving an identity's limit until this transaction ends.
SELECT ledger.hold_limit(%s)

-- name: merged_buyers
-- Which buyers were taken to be somebody else, as known before an instant.
SELECT buyer_id, to_identity FROM (
    SELECT DISTINCT ON (buyer_id) buyer_id, to_identity FROM ledger.merges
    WHERE recorded_at < %(known_at)s ORDER BY buyer_id, merge_id DESC
) newest WHERE to_identity <> buyer_id ORDER BY buyer_id
