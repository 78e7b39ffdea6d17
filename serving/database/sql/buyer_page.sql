-- name: buyer_members
-- Every buyer that was taken to be the same as this one before an instant, itself included.
SELECT ledger.members_known(%(buyer_id)s, %(end)s::timestamptz - interval '1 microsecond') ORDER BY 1

-- name: buyer_versions
-- Names, countries and registration numbers of buyers as they were recorded before an instant, newest first.
SELECT buyer_id, name, country, registration_no, min(recorded_at) AS recorded_at FROM book.buyers
WHERE buyer_id = ANY(%(members)s) AND recorded_at < %(end)s
GROUP BY buyer_id, name, country, registration_no ORDER BY recorded_at DESC, buyer_id, name

-- name: buyer_orders
-- Orders of buyers as recorded before an instant, with what was paid on each by then and the day of the last payment.
SELECT o.order_id, o.buyer_id, o.exporter_id, x.name AS exporter, o.ordered_on, o.shipped_on, o.due_on, o.amount_minor,
    o.currency, coalesce(p.paid_minor, 0)::bigint AS paid_minor, p.paid_on
FROM (
    SELECT DISTINCT ON (order_id) * FROM book.orders
    WHERE order_id IN (SELECT order_id FROM book.orders WHERE buyer_id = ANY(%(members)s) AND recorded_at < %(end)s)
        AND recorded_at < %(end)s
    ORDER BY order_id, recorded_at DESC
) o
LEFT JOIN LATERAL (
    SELECT sum(n.amount_minor) AS paid_minor, max(n.paid_on) AS paid_on FROM (
        SELECT DISTINCT ON (payment_id) * FROM book.payments
        WHERE order_id = o.order_id AND recorded_at < %(end)s ORDER BY payment_id, recorded_at DESC
    ) n WHERE n.currency = o.currency
) p ON true
LEFT JOIN LATERAL (
    SELECT name FROM book.exporters e WHERE e.exporter_id = o.exporter_id AND e.recorded_at < %(end)s
    ORDER BY e.recorded_at DESC, e.name LIMIT 1
) x ON true
WHERE o.buyer_id = ANY(%(members)s)
ORDER BY o.ordered_on DESC, o.order_id

-- name: buyer_notices
-- Overdue notices on buyers' orders, recorded before an instant, newest first.
SELECT n.order_id, o.exporter_id, n.reported_on, n.amount_minor, n.currency
FROM book.overdue_notices n
JOIN (SELECT DISTINCT order_id, exporter_id FROM book.orders
      WHERE buyer_id = ANY(%(members)s) AND recorded_at < %(end)s) o ON o.order_id = n.order_id
WHERE n.recorded_at < %(end)s ORDER BY n.reported_on DESC, n.order_id

-- name: buyer_claims
-- Claims on buyers' orders as recorded before an instant, newest first.
SELECT c.claim_id, c.order_id, o.exporter_id, c.filed_on, c.loss_minor, c.currency, c.has_orders, c.has_customs,
    c.has_communications, c.decided_on, c.outcome, c.compensated_minor, c.recovered_minor
FROM (
    SELECT DISTINCT ON (claim_id) * FROM book.claims WHERE recorded_at < %(end)s
        AND order_id IN (SELECT order_id FROM book.orders WHERE buyer_id = ANY(%(members)s) AND recorded_at < %(end)s)
    ORDER BY claim_id, recorded_at DESC
) c
JOIN (SELECT DISTINCT order_id, exporter_id FROM book.orders
      WHERE buyer_id = ANY(%(members)s) AND recorded_at < %(end)s) o ON o.order_id = c.order_id
ORDER BY c.filed_on DESC, c.claim_id

-- name: buyer_covers
-- Covers on buyers with what is outstanding on each as recorded before an instant; amounts in US cents.
SELECT d.cover_id, d.order_id, d.buyer_id, d.exporter_id, x.name AS exporter, d.decided_at, d.covered_cents,
    e.exposure_cents, e.shipped_on, (e.shipped_on + d.terms_days) AS due_on, e.is_claimed
FROM ledger.decisions d
JOIN LATERAL (
    SELECT sum(n.exposure_cents)::bigint AS exposure_cents,
        min((n.details ->> 'shipped_on')::date) FILTER (WHERE n.event = 'ship') AS shipped_on,
        bool_or(n.event = 'claim') AS is_claimed
    FROM ledger.entries n WHERE n.cover_id = d.cover_id AND n.recorded_at < %(end)s
) e ON e.exposure_cents IS NOT NULL
LEFT JOIN LATERAL (
    SELECT name FROM book.exporters b WHERE b.exporter_id = d.exporter_id AND b.recorded_at < %(end)s
    ORDER BY b.recorded_at DESC, b.name LIMIT 1
) x ON true
WHERE d.buyer_id = ANY(%(members)s) AND d.cover_id IS NOT NULL
ORDER BY d.decided_at DESC, d.cover_id DESC

-- name: all_names
-- Every name that every buyer bore, newest first, and since when it is known.
SELECT buyer_id, name, country, registration_no, known_since FROM (
    SELECT DISTINCT ON (buyer_id, name) buyer_id, name, country, registration_no, recorded_at,
        min(recorded_at) OVER (PARTITION BY buyer_id, name) AS known_since
    FROM book.buyers
    ORDER BY buyer_id, name, recorded_at DESC
) each_name ORDER BY recorded_at DESC, buyer_id

-- name: buyers_found
-- The newest name of each of some buyers and the limit in force, as known at an instant, with the exposure now.
SELECT b.buyer_id, b.name, b.country, b.registration_no, l.amount_cents, coalesce(x.exposure_cents, 0) AS exposure_cents,
    l.grade, l.status
FROM (
    SELECT DISTINCT ON (buyer_id) * FROM book.buyers
    WHERE buyer_id = ANY(%(buyers)s) AND recorded_at <= %(now)s ORDER BY buyer_id, recorded_at DESC, name
) b
LEFT JOIN ledger.directory d ON d.buyer_id = b.buyer_id
LEFT JOIN ledger.buyer_exposures x ON x.identity_id = coalesce(d.identity_id, b.buyer_id)
LEFT JOIN LATERAL ledger.limit_in_force(
    coalesce(d.identity_id, b.buyer_id), (%(now)s::timestamptz AT TIME ZONE 'UTC')::date, %(now)s) l ON true

-- name: newest_names
-- The newest name of each of some buyers.
SELECT DISTINCT ON (buyer_id) buyer_id, name FROM book.buyers
WHERE buyer_id = ANY(%(buyers)s) ORDER BY buyer_id, recorded_at DESC, name

-- name: names_of_sides
-- The newest names of a buyer and of an exporter; none where the book does not know them.
SELECT (SELECT name FROM book.buyers WHERE buyer_id = %(buyer_id)s ORDER BY recorded_at DESC, name LIMIT 1),
    (SELECT name FROM book.exporters WHERE exporter_id = %(exporter_id)s ORDER BY recorded_at DESC, name LIMIT 1)

-- name: order_in_book
-- One order as it was last recorded, with the newest names of its two sides.
SELECT o.order_id, o.buyer_id, b.name AS buyer, o.exporter_id, x.name AS exporter, o.ordered_on, o.shipped_on, o.due_on,
    o.amount_minor, o.currency, o.category, o.customs_no, o.recorded_at
FROM book.orders o
LEFT JOIN LATERAL (
    SELECT name FROM book.buyers WHERE buyer_id = o.buyer_id ORDER BY recorded_at DESC, name LIMIT 1) b ON true
LEFT JOIN LATERAL (
    SELECT name FROM book.exporters WHERE exporter_id = o.exporter_id ORDER BY recorded_at DESC, name LIMIT 1) x ON true
WHERE o.order_id = %(order_id)s ORDER BY o.recorded_at DESC LIMIT 1

-- name: order_events
-- What the book knows of an order after its shipment: payments, overdue notices and claims, in turn.
SELECT 'payment' AS event, payment_id AS event_id, paid_on AS happened_on, amount_minor, currency, recorded_at
FROM (SELECT DISTINCT ON (payment_id) * FROM book.payments WHERE order_id = %(order_id)s
      ORDER BY payment_id, recorded_at DESC) p
UNION ALL SELECT 'overdue', order_id, reported_on, amount_minor, currency, recorded_at
FROM book.overdue_notices WHERE order_id = %(order_id)s
UNION ALL SELECT coalesce('claim_' || outcome, 'claim'), claim_id, filed_on, loss_minor, currency, recorded_at
FROM (SELECT DISTINCT ON (claim_id) * FROM book.claims WHERE order_id = %(order_id)s
      ORDER BY claim_id, recorded_at DESC) c
ORDER BY happened_on, recorded_at

-- name: exporter_in_book
-- An exporter's newest name, and its standing today.
SELECT e.exporter_id, e.name, e.registered_on, coalesce(s.standing, 'standard') AS standing, s.valid_from, s.reason,
    coalesce(x.exposure_cents, 0) AS exposure_cents
FROM (SELECT * FROM book.exporters WHERE exporter_id = %(exporter_id)s ORDER BY recorded_at DESC, name LIMIT 1) e
LEFT JOIN LATERAL ledger.standing_in_force(e.exporter_id, %(today)s, clock_timestamp()) s ON true
LEFT JOIN ledger.exporter_exposures x ON x.exporter_id = e.exporter_id

-- name: exporter_buyers
-- The buyers of an exporter by what is outstanding under cover, with how many orders each had.
SELECT o.buyer_id, coalesce(b.name, o.buyer_id) AS name, o.orders, o.last_on, coalesce(c.covers, 0) AS covers,
    coalesce(c.exposure_cents, 0)::bigint AS exposure_cents
FROM (
    SELECT buyer_id, count(DISTINCT order_id) AS orders, max(ordered_on) AS last_on
    FROM book.orders WHERE exporter_id = %(exporter_id)s GROUP BY buyer_id
) o
LEFT JOIN LATERAL (
    SELECT name FROM book.buyers WHERE buyer_id = o.buyer_id ORDER BY recorded_at DESC, name LIMIT 1) b ON true
LEFT JOIN (
    SELECT d.buyer_id, count(DISTINCT d.cover_id) AS covers, sum(e.exposure_cents) AS exposure_cents
    FROM ledger.decisions d JOIN ledger.entries e ON e.cover_id = d.cover_id
    WHERE d.exporter_id = %(exporter_id)s GROUP BY d.buyer_id
) c ON c.buyer_id = o.buyer_id
ORDER BY exposure_cents DESC, o.last_on DESC, o.buyer_id
