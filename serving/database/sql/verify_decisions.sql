-- name: verify_decision_ground
-- A decision rests on the limit and the rate that its order check would find again, as known when it was decided. What
-- was recorded in the hour before may not have been there to be seen: a run of limits writes for long before it ends.
SELECT d.order_id, ROW(d.limit_id, d.limit_cents, d.limit_status, d.limit_grade, d.limit_until, d.rate_bp)::text,
    ROW(k.limit_id, k.limit_cents, k.limit_status, k.limit_grade, k.limit_until, k.rate_bp)::text
FROM ledger.decisions d
JOIN ledger.policies p ON p.policy_version = d.policy_version
CROSS JOIN LATERAL (
    SELECT (d.decided_at AT TIME ZONE 'UTC')::date AS day, ARRAY[ROW(1, d.order_id, d.exporter_id, d.buyer_id,
        d.amount_minor, d.currency, d.terms_days, d.accept_partial, d.usd_rate, d.usd_rate_on, d.amount_cents,
        d.identity_id, d.country, true, 1, 1, 1)::ledger.asked_order] AS orders
) asked
CROSS JOIN LATERAL unnest(ledger.known(asked.orders, p, asked.day, d.decided_at)) k
WHERE (d.limit_id, d.limit_cents, d.limit_status, d.limit_grade, d.limit_until, d.rate_bp)
        IS DISTINCT FROM (k.limit_id, k.limit_cents, k.limit_status, k.limit_grade, k.limit_until, k.rate_bp)
    AND NOT EXISTS (
        SELECT FROM (
            SELECT l.recorded_at FROM ledger.limits l WHERE l.identity_id = d.identity_id
            UNION SELECT t.recorded_at FROM ledger.limits l JOIN ledger.taken_back t ON t.limit_id = l.limit_id
            WHERE l.identity_id = d.identity_id
            UNION SELECT s.recorded_at FROM ledger.standings s WHERE s.exporter_id = d.exporter_id
        ) late
        CROSS JOIN LATERAL unnest(
            ledger.known(asked.orders, p, asked.day, late.recorded_at - interval '1 microsecond')) b
        WHERE late.recorded_at > d.decided_at - interval '1 hour' AND late.recorded_at <= d.decided_at
            AND (d.limit_id, d.limit_cents, d.limit_status, d.limit_grade, d.limit_until, d.rate_bp)
                IS NOT DISTINCT FROM (b.limit_id, b.limit_cents, b.limit_status, b.limit_grade, b.limit_until, b.rate_bp))

-- name: verify_decision_terms
-- A decision's policy is that of its day, its buyer whom it was taken to be then, its country one that the book gave the
-- buyer; a reservation ends as the policy says.
SELECT d.order_id || ' ' || told.what, told.kept, told.again
FROM ledger.decisions d
JOIN ledger.policies p ON p.policy_version = d.policy_version
CROSS JOIN LATERAL (VALUES
    ('policy', d.policy_version, (
        SELECT q.policy_version FROM ledger.policies q
        WHERE q.effective_from <= (d.decided_at AT TIME ZONE 'UTC')::date
            AND (q.recorded_at <= d.decided_at OR q.policy_version = d.policy_version)
        ORDER BY q.effective_from DESC LIMIT 1)),
    ('identity', d.identity_id, ledger.identity_known(d.buyer_id, d.decided_at)),
    ('end', d.expires_at::text, CASE WHEN d.cover_id IS NOT NULL THEN ((d.decided_at AT TIME ZONE 'UTC'
        + p.reservation_days * interval '1 day') AT TIME ZONE 'UTC')::text END),
    ('country', d.country, CASE WHEN d.country = 'ZZ' THEN 'ZZ' ELSE coalesce(
        (SELECT b.country FROM book.buyers b WHERE b.buyer_id = d.buyer_id AND b.country = d.country LIMIT 1),
        (SELECT k.country FROM ledger.directory k WHERE k.buyer_id = d.buyer_id), 'ZZ') END)
) told (what, kept, again)
WHERE told.kept IS DISTINCT FROM told.again

-- name: verify_decision_rooms
-- No room that a decision found was larger than its limit or ceiling.
SELECT d.order_id, ROW(d.buyer_room_cents, d.exporter_room_cents, d.country_room_cents, d.year_room_cents)::text,
    ROW(d.limit_cents, p.exporter_ceiling_cents, d.country_ceiling_cents, p.year_ceiling_cents)::text
FROM ledger.decisions d JOIN ledger.policies p ON p.policy_version = d.policy_version
WHERE d.buyer_room_cents > d.limit_cents OR d.exporter_room_cents > p.exporter_ceiling_cents
    OR d.country_room_cents > d.country_ceiling_cents OR d.year_room_cents > p.year_ceiling_cents
    OR NOT EXISTS (SELECT FROM jsonb_each_text(p.country_ceiling_cents) c WHERE c.value::bigint = d.country_ceiling_cents)

-- name: verify_decision_policies
-- Every decision names a policy that is recorded.
SELECT d.order_id, d.policy_version, NULL FROM ledger.decisions d
WHERE NOT EXISTS (SELECT FROM ledger.policies p WHERE p.policy_version = d.policy_version)

-- name: used_rates_of_decisions
-- Which rates decisions were made with, with how many of them and one of each.
SELECT currency, usd_rate_on, usd_rate, count(*), min(order_id) FROM ledger.decisions
GROUP BY currency, usd_rate_on, usd_rate ORDER BY currency, usd_rate_on, usd_rate

-- name: verify_referrals
-- A referred order stands on the desk as it was asked, and one that was cleared was approved there by who cleared it.
SELECT coalesce(d.order_id, q.order_id), coalesce(d.amount_cents::text, 'no decision'), q.amount_cents::text
FROM (SELECT * FROM ledger.decisions WHERE decision = 'referred') d
FULL JOIN (SELECT * FROM desk.proposals WHERE kind = 'referral') q ON q.order_id = d.order_id
WHERE d.order_id IS NULL OR q.proposal_id IS NOT NULL AND (d.amount_cents, d.buyer_id, d.exporter_id)
    IS DISTINCT FROM (q.amount_cents, q.buyer_id, q.exporter_id)
UNION ALL
SELECT c.order_id, c.cleared_by, v.decided_by
FROM ledger.clearances c
LEFT JOIN ledger.decisions d ON d.order_id = c.order_id
LEFT JOIN desk.proposals q ON q.kind = 'referral' AND q.order_id = c.referred_order_id
LEFT JOIN desk.verdicts v ON v.proposal_id = q.proposal_id AND v.cover_id = d.cover_id
WHERE v.decided_by IS DISTINCT FROM c.cleared_by
