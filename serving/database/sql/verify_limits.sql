-- name: verify_verdicts
-- A verdict's amount is what was asked for, or what the first approval of a request made of it; the limit that followed
-- from it says the same.
SELECT 'proposal ' || v.proposal_id || ' place ' || v.place, v.amount_cents::text, asked.amount_cents::text
FROM desk.verdicts v
JOIN desk.proposals p ON p.proposal_id = v.proposal_id
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT w.amount_cents FROM desk.verdicts w
        WHERE w.proposal_id = v.proposal_id AND w.place < v.place AND w.verdict = 'approved'
            AND w.amount_cents IS NOT NULL
        ORDER BY w.place DESC LIMIT 1), p.amount_cents) AS amount_cents,
        EXISTS (SELECT FROM desk.verdicts w
            WHERE w.proposal_id = v.proposal_id AND w.place < v.place AND w.verdict = 'approved') AS is_settled
) asked
WHERE v.verdict = 'approved' AND v.amount_cents <> asked.amount_cents AND (p.kind <> 'limit_request' OR asked.is_settled)
UNION ALL
SELECT 'limit ' || v.limit_id || ' of proposal ' || v.proposal_id,
    coalesce(ROW(l.source, l.amount_cents, l.valid_to, l.recorded_by)::text, 'no limit'),
    ROW('underwriter', asked.amount_cents, v.valid_to, v.decided_by)::text
FROM desk.verdicts v
JOIN desk.proposals p ON p.proposal_id = v.proposal_id
LEFT JOIN ledger.limits l ON l.limit_id = v.limit_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.kind IN ('restore', 'suspend') THEN 0 ELSE coalesce(v.amount_cents, p.amount_cents) END
        AS amount_cents, coalesce(v.valid_to, p.valid_to) AS valid_to
) asked
WHERE v.limit_id IS NOT NULL AND v.decided_role <> 'machine' AND v.verdict <> 'undone' AND (l.limit_id IS NULL OR l.source <> 'underwriter'
    OR l.recorded_by <> v.decided_by OR l.amount_cents <> asked.amount_cents
    OR l.valid_to IS DISTINCT FROM asked.valid_to AND (asked.valid_to IS NOT NULL OR p.kind <> 'limit_request'))

-- name: verify_undone
-- What was undone gave way to nothing, or to what a person or an event had set before, as it stood.
SELECT 'limit ' || v.limit_id || ' of proposal ' || v.proposal_id, ROW(l.source, l.amount_cents, l.valid_to)::text,
    'nothing that was set before'
FROM desk.verdicts v LEFT JOIN ledger.limits l ON l.limit_id = v.limit_id
WHERE v.verdict = 'undone' AND v.limit_id IS NOT NULL AND (l.limit_id IS NULL OR l.recorded_by <> v.decided_by
    OR (l.status, l.amount_cents) <> ('restored', 0) AND NOT EXISTS (
        SELECT FROM ledger.limits o
        WHERE o.identity_id = l.identity_id AND o.limit_id < l.limit_id AND o.source = l.source AND l.source <> 'model'
            AND o.amount_cents = l.amount_cents AND o.status = l.status AND o.valid_to IS NOT DISTINCT FROM l.valid_to))

-- name: verify_taken_back
-- What was taken back is what was undone, or an event's stop beneath what a person had set when a fact was weighed; and
-- nothing that was undone gives cover still.
SELECT 'limit ' || t.limit_id, ROW(l.source, l.status, t.proposal_id, t.run_id)::text, 'nothing to take back'
FROM ledger.taken_back t LEFT JOIN ledger.limits l ON l.limit_id = t.limit_id
WHERE NOT EXISTS (
        SELECT FROM desk.verdicts v JOIN desk.verdicts u ON u.proposal_id = v.proposal_id AND u.verdict = 'undone'
        WHERE v.limit_id = t.limit_id AND v.verdict <> 'undone' AND v.proposal_id = t.proposal_id)
    AND NOT EXISTS (
        SELECT FROM ledger.rescores r
        WHERE 'rescore ' || r.rescore_id = t.run_id AND r.done_at >= t.recorded_at
            AND r.outcome IN ('restored', 'left_to_person') AND (l.source, l.status) = ('event', 'suspended')
            AND l.valid_to IS NULL AND l.recorded_at < t.recorded_at
            AND ledger.identity_known(r.buyer_id, t.recorded_at) = l.identity_id)
UNION ALL
SELECT 'limit ' || v.limit_id || ' of proposal ' || v.proposal_id, 'undone', 'not taken back'
FROM desk.verdicts v
JOIN desk.verdicts u ON u.proposal_id = v.proposal_id AND u.verdict = 'undone'
JOIN ledger.words l ON l.limit_id = v.limit_id
WHERE v.verdict <> 'undone' AND (l.amount_cents > 0 OR l.status = 'restored')

-- name: verify_paid_stops
-- When a stop was taken back no cover of the buyer spoke against it: by a claim not rejected, or by what is owed after a
-- notice.
SELECT 'limit ' || t.limit_id, 'cover ' || d.cover_id, 'nothing against the buyer'
FROM ledger.taken_back t
JOIN ledger.limits l ON l.limit_id = t.limit_id
CROSS JOIN LATERAL ledger.members_known(l.identity_id, t.recorded_at) member (buyer_id)
JOIN ledger.decisions d ON d.buyer_id = member.buyer_id AND d.cover_id IS NOT NULL
CROSS JOIN LATERAL (
    SELECT bool_or(e.event = 'overdue') AS is_reported,
        sum((e.details ->> 'amount_minor')::bigint * CASE e.event WHEN 'ship' THEN 1 WHEN 'settle' THEN -1 END) AS owed,
        (array_agg(coalesce(e.details ->> 'outcome', 'filed') ORDER BY e.seq DESC)
            FILTER (WHERE e.event IN ('claim', 'claim_decision')))[1] AS claim
    FROM ledger.entries e WHERE e.cover_id = d.cover_id AND e.recorded_at <= t.recorded_at
) life
WHERE t.run_id IS NOT NULL AND (life.claim IN ('filed', 'accepted')
    OR life.claim IS DISTINCT FROM 'rejected' AND life.is_reported AND life.owed > 0)

-- name: verify_persons_limits
-- Every amount that a person set followed from a verdict, or is one that rescoring gave back when an event's stop ended.
SELECT 'limit ' || l.limit_id || ' of ' || l.identity_id, l.amount_cents, 'no verdict'
FROM ledger.limits l
WHERE l.source = 'underwriter' AND l.amount_cents > 0
    AND NOT EXISTS (SELECT FROM desk.verdicts v WHERE v.limit_id = l.limit_id AND v.decided_role <> 'machine')
    AND NOT EXISTS (
        SELECT FROM ledger.limits o
        WHERE o.identity_id = l.identity_id AND o.limit_id < l.limit_id AND o.source <> 'model'
            AND o.amount_cents = l.amount_cents AND o.status = l.status AND o.valid_to IS NOT DISTINCT FROM l.valid_to
            AND l.recorded_by = 'rescoring' AND EXISTS (SELECT FROM ledger.rescores r WHERE r.limit_id = l.limit_id))

-- name: verify_made_limits
-- A limit that a run or an event set above nothing has its workings, and the run is the one that recorded it; what an
-- event set holds without them where it stands again because what came after was undone.
SELECT 'limit ' || l.limit_id || ' of ' || l.identity_id, l.amount_cents, coalesce(l.run_id, 'no run')
FROM ledger.limits l
WHERE l.source = 'model' AND l.recorded_by LIKE 'set-limits, run %'
        AND l.recorded_by <> 'set-limits, run ' || coalesce(l.run_id, '')
    OR l.source = 'event' AND l.amount_cents > 0 AND NOT EXISTS (
        SELECT FROM ledger.workings w WHERE w.run_id = l.run_id AND w.identity_id = l.identity_id)
        AND NOT EXISTS (SELECT FROM desk.verdicts v WHERE v.limit_id = l.limit_id AND v.verdict = 'undone')

-- name: verify_standings
-- What a person said of an exporter's standing is what holds, and since anybody first said so nothing else is recorded.
SELECT coalesce(v.exporter_id, s.exporter_id), ROW(s.standing, s.valid_to, s.recorded_by)::text,
    ROW(v.verdict, v.valid_to, v.decided_by)::text
FROM (SELECT * FROM whitelist.verdicts WHERE verdict <> 'decline') v
FULL JOIN ledger.standings s ON s.standing_id = v.standing_id
WHERE s.standing_id IS NULL
    OR v.verdict_id IS NULL AND s.recorded_at > (SELECT min(recorded_at) FROM whitelist.verdicts)
    OR v.verdict_id IS NOT NULL AND ((s.exporter_id, s.standing, s.recorded_by) <> (v.exporter_id,
        CASE v.verdict WHEN 'approve' THEN 'whitelisted' ELSE 'standard' END, v.decided_by) OR s.valid_to <> v.valid_to)
