-- name: check_orders
-- Decide a batch of orders and reserve their cover, or repeat what was answered before.
SELECT c.* FROM ledger.check_orders(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::integer[], %s::boolean[],
    %s::numeric[], %s::date[], %s, %s) c

-- name: order_check
-- One order's check: what was asked, what was answered, all that it followed from, and whether it follows again.
SELECT d.order_id, d.exporter_id, d.buyer_id, d.amount_minor, d.currency, d.terms_days, d.accept_partial, d.decision,
    d.cover_id, d.covered_minor, d.available_minor, d.rate_bp, d.expires_at, d.reasons, d.decided_at, d.amount_cents,
    d.covered_cents, d.usd_rate, d.usd_rate_on, d.policy_version, d.identity_id, d.country, d.limit_id, d.limit_cents,
    d.limit_status, d.limit_grade, d.limit_until, d.country_ceiling_cents, d.buyer_room_cents, d.exporter_room_cents,
    d.country_room_cents, d.year_room_cents, d.first_time_exporters, d.largest_paid_cents,
    c.order_id AS cleared_as, q.proposal_id, by.name AS asked_by,
    (SELECT k.key_id FROM access.keys k WHERE k.name = by.name AND k.created_at <= d.decided_at
        ORDER BY k.created_at DESC LIMIT 1) AS asked_by_key,
    ((r.answer).decision, (r.answer).covered_minor, (r.answer).available_minor, (r.answer).reasons)
        = (d.decision, d.covered_minor, d.available_minor, d.reasons) AS is_replayed
FROM ledger.decisions d
JOIN ledger.policies p ON p.policy_version = d.policy_version
LEFT JOIN ledger.clearances c ON c.referred_order_id = d.order_id
LEFT JOIN desk.proposals q ON q.proposed_by = 'order check' AND q.event_id = d.order_id
CROSS JOIN LATERAL (
    SELECT coalesce(d.asked_by, (
        SELECT e.recorded_by FROM ledger.entries e WHERE e.cover_id = d.cover_id AND e.seq = 1)) AS name
) by
CROSS JOIN LATERAL (
    SELECT ledger.decide(d.amount_minor, d.amount_cents, d.usd_rate, d.terms_days, d.accept_partial, d.limit_status,
        d.buyer_room_cents, d.exporter_room_cents, d.country_room_cents, d.year_room_cents, d.first_time_exporters,
        d.largest_paid_cents, CASE WHEN EXISTS (
            SELECT FROM ledger.clearances x WHERE x.order_id = d.order_id) THEN ledger.without_signs(p) ELSE p END)
        AS answer
) r
WHERE d.order_id = %s AND d.decided_at <= %s
