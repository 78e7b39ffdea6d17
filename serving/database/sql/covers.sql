-- name: hold_cover
-- Read a cover's decision and keep other events of the cover waiting.
SELECT d.cover_id, coalesce(
        (SELECT c.referred_order_id FROM ledger.clearances c WHERE c.order_id = d.order_id), d.order_id) AS order_id,
    d.exporter_id, d.buyer_id, d.currency, d.amount_minor, d.covered_minor, d.rate_bp, d.usd_rate, d.terms_days,
    d.decided_at, d.expires_at
FROM ledger.decisions d WHERE d.cover_id = %s FOR UPDATE OF d

-- name: read_cover
-- Read a cover's decision.
SELECT d.cover_id, coalesce(
        (SELECT c.referred_order_id FROM ledger.clearances c WHERE c.order_id = d.order_id), d.order_id) AS order_id,
    d.exporter_id, d.buyer_id, d.currency, d.amount_minor, d.covered_minor, d.rate_bp, d.usd_rate, d.terms_days,
    d.decided_at, d.expires_at
FROM ledger.decisions d WHERE d.cover_id = %s

-- name: cover_events
-- Read what happened to a cover after its reservation.
SELECT event, event_id, details, exposure_cents FROM ledger.entries
WHERE cover_id = %s AND event_id IS NOT NULL AND event <> 'merge' ORDER BY seq

-- name: next_seq
-- Number the next entry of a cover.
SELECT max(seq) + 1 FROM ledger.entries WHERE cover_id = %s

-- name: post
-- Add an entry to the ledger and move the counters with it; gives the instant of recording.
SELECT ledger.post(%(cover_id)s::bigint, %(seq)s::integer, %(event)s::text, %(event_id)s::text,
    %(exposure_cents)s::bigint, %(year_cents)s::bigint, %(happened_on)s::date, %(details)s::jsonb, %(by)s::text,
    %(at)s::timestamptz)

-- name: book_order
-- Record a shipped order, or a further shipment of it, in the book.
INSERT INTO book.orders (order_id, exporter_id, buyer_id, ordered_on, shipped_on, due_on, amount_minor, currency, recorded_at)
VALUES (%(order_id)s, %(exporter_id)s, %(buyer_id)s, %(ordered_on)s, %(shipped_on)s, %(due_on)s, %(amount_minor)s,
    %(currency)s, %(recorded_at)s)

-- name: book_payment
-- Record a payment in the book.
INSERT INTO book.payments (payment_id, order_id, paid_on, amount_minor, currency, recorded_at)
VALUES (%(payment_id)s, %(order_id)s, %(paid_on)s, %(amount_minor)s, %(currency)s, %(recorded_at)s)

-- name: book_overdue
-- Record an overdue notice in the book.
INSERT INTO book.overdue_notices (order_id, reported_on, amount_minor, currency, recorded_at)
VALUES (%(order_id)s, %(reported_on)s, %(amount_minor)s, %(currency)s, %(recorded_at)s)

-- name: book_claim
-- Record a version of a claim in the book.
INSERT INTO book.claims (claim_id, order_id, filed_on, loss_minor, currency, has_orders, has_customs, has_communications,
    decided_on, outcome, compensated_minor, recovered_minor, recorded_at)
VALUES (%(claim_id)s, %(order_id)s, %(filed_on)s, %(loss_minor)s, %(currency)s, %(has_orders)s, %(has_customs)s,
    %(has_communications)s, %(decided_on)s, %(outcome)s, %(compensated_minor)s, %(recovered_minor)s, %(recorded_at)s)

-- name: book_has
-- Tell whether the book has a payment or claim of that name already.
SELECT EXISTS (SELECT FROM book.payments WHERE %(kind)s = 'settle' AND payment_id = %(name)s)
    OR EXISTS (SELECT FROM book.claims WHERE %(kind)s = 'claim' AND claim_id = %(name)s)

-- name: raise_largest_paid
-- Keep the largest order that an identity has paid in full.
UPDATE ledger.buyer_exposures b SET largest_paid_cents = %(cents)s
WHERE b.largest_paid_cents < %(cents)s AND b.identity_id = coalesce(
    (SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s)

-- name: stop_cover
-- Stop cover on a buyer's identity, unless an event has stopped it without end already: what a person or the model
-- suspended may be undone, or end, before the fact is weighed.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, reasons, recorded_by, recorded_at)
SELECT k.id, 0, 'suspended', 'event', (%(at)s::timestamptz AT TIME ZONE 'UTC')::date,
    '[{"code": "stop_cover", "facts": {}}]', %(by)s, %(at)s
FROM (SELECT coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s) AS id) k
WHERE NOT EXISTS (
    SELECT FROM ledger.limit_in_force(k.id, (%(at)s::timestamptz AT TIME ZONE 'UTC')::date, %(at)s) l
    WHERE l.status = 'suspended' AND l.source = 'event' AND l.valid_to IS NULL)

-- name: claim_cover
-- Find the cover that a claim is on.
SELECT cover_id FROM ledger.entries WHERE event = 'claim' AND event_id = %s

-- name: due_to_expire
-- Find reservations that ended by an instant, since the last sweep, and were not closed before.
SELECT d.cover_id FROM ledger.decisions d, ledger.expiry x
WHERE d.expires_at > x.swept_until AND d.expires_at <= %(until)s AND NOT EXISTS (
    SELECT FROM ledger.entries e WHERE e.cover_id = d.cover_id
        AND (e.event IN ('release', 'expire', 'claim') OR e.event = 'ship' AND (e.details ->> 'final')::boolean))
ORDER BY d.cover_id

-- name: swept
-- Remember how far reservations were swept.
UPDATE ledger.expiry SET swept_until = %(until)s WHERE swept_until < %(until)s

-- name: cover_life
-- Everything that happened to covers, from the reservation on.
SELECT cover_id, seq, event, event_id, details, exposure_cents, year_cents, happened_on, recorded_by, recorded_at
FROM ledger.entries WHERE cover_id = ANY(%s) ORDER BY cover_id, seq

-- name: list_covers
-- A page of covers, newest first; each filter is left out by null. Planned anew for its filters at each call.
SELECT d.cover_id, coalesce(
        (SELECT c.referred_order_id FROM ledger.clearances c WHERE c.order_id = d.order_id), d.order_id) AS order_id,
    d.exporter_id, d.buyer_id, d.currency, d.amount_minor, d.covered_minor, d.rate_bp, d.usd_rate, d.terms_days,
    d.decided_at, d.expires_at
FROM ledger.decisions d
WHERE d.cover_id IS NOT NULL
    AND (%(before)s::bigint IS NULL OR d.cover_id < %(before)s)
    AND (%(exporter_id)s::text IS NULL OR d.exporter_id = %(exporter_id)s)
    AND (%(buyer_id)s::text IS NULL OR d.buyer_id IN (
        SELECT ledger.members_known(%(buyer_id)s, %(known_at)s)))
    AND (NOT %(is_open)s OR d.cover_id IN (SELECT o.cover_id FROM ledger.open_covers o))
ORDER BY d.cover_id DESC LIMIT %(most)s
