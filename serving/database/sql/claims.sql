-- name: list_claims
-- A page of claims as last recorded by an instant, newest name first; each filter is left out by null.
SELECT c.claim_id, c.order_id, o.buyer_id, o.exporter_id, c.filed_on, c.loss_minor, c.currency, c.has_orders,
    c.has_customs, c.has_communications, c.decided_on, c.outcome, c.compensated_minor, c.recovered_minor, c.recorded_at,
    e.cover_id
FROM (
    SELECT DISTINCT ON (v.claim_id) v.* FROM book.claims v
    WHERE v.recorded_at <= %(known_at)s AND (%(claim_id)s::text IS NULL OR v.claim_id = %(claim_id)s)
    ORDER BY v.claim_id, v.recorded_at DESC
) c
LEFT JOIN LATERAL (
    SELECT v.buyer_id, v.exporter_id FROM book.orders v
    WHERE v.order_id = c.order_id AND v.recorded_at <= %(known_at)s ORDER BY v.recorded_at DESC LIMIT 1
) o ON true
LEFT JOIN ledger.entries e ON e.event = 'claim' AND e.event_id = c.claim_id
WHERE (%(before_filed)s::date IS NULL OR (c.filed_on, c.claim_id) < (%(before_filed)s, %(before_id)s))
    AND (%(buyer_id)s::text IS NULL OR o.buyer_id IN (
        SELECT ledger.members_known(%(buyer_id)s, %(known_at)s)))
    AND (%(exporter_id)s::text IS NULL OR o.exporter_id = %(exporter_id)s)
    AND (%(is_open)s::boolean IS NULL OR (c.outcome IS NULL) = %(is_open)s)
ORDER BY c.filed_on DESC, c.claim_id DESC LIMIT %(most)s
