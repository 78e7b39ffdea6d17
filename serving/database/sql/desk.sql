-- name: machine_limit
-- The limit of an identity that the model set, in force on a day unless something outranks it.
SELECT limit_id, amount_cents, status, grade, pd, valid_to, model_version, reasons
FROM ledger.model_limit_in_force(%(identity_id)s, %(day)s, clock_timestamp())

-- name: add_proposal
-- Enter a proposal.
INSERT INTO desk.proposals (event_id, kind, buyer_id, identity_id, exporter_id, request, amount_cents, valid_to, reason,
    before, policy_version, proposed_by, proposed_role)
VALUES (%(event_id)s, %(kind)s, %(buyer_id)s, %(identity_id)s, %(exporter_id)s, %(request)s, %(amount_cents)s,
    %(valid_to)s, %(reason)s, %(before)s, %(policy_version)s, %(proposed_by)s, %(proposed_role)s)
RETURNING proposal_id

-- name: proposal_of_event
-- Find the proposal that somebody made under a key.
SELECT proposal_id FROM desk.proposals WHERE proposed_by = %s AND event_id = %s

-- name: hold_proposal
-- Keep other verdicts on a proposal waiting.
SELECT FROM desk.proposals WHERE proposal_id = %s FOR UPDATE

-- name: read_proposals
-- Read proposals by id.
SELECT proposal_id, event_id, kind, buyer_id, identity_id, exporter_id, order_id, request, amount_cents, valid_to, reason,
    before, policy_version, proposed_by, proposed_role, recorded_at
FROM desk.proposals WHERE proposal_id = ANY(%s) ORDER BY proposal_id

-- name: read_verdicts
-- Read what was said of proposals, in turn.
SELECT proposal_id, place, verdict, status, amount_cents, valid_to, reason, limit_id, cover_id, decided_by, decided_role,
    recorded_at
FROM desk.verdicts WHERE proposal_id = ANY(%s) ORDER BY proposal_id, place

-- name: list_proposals
-- A page of proposals, newest first, with where each stands; each filter is left out by null.
SELECT p.proposal_id FROM desk.proposals p
LEFT JOIN LATERAL (
    SELECT v.status FROM desk.verdicts v WHERE v.proposal_id = p.proposal_id ORDER BY v.place DESC LIMIT 1
) last ON true
WHERE (%(before)s::bigint IS NULL OR p.proposal_id < %(before)s)
    AND (%(kinds)s::text[] IS NULL OR p.kind = ANY(%(kinds)s))
    AND (%(status)s::text IS NULL OR coalesce(last.status, 'waiting') = %(status)s)
    AND (%(buyer_id)s::text IS NULL OR p.identity_id = coalesce(
        (SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s))
    AND (%(proposed_by)s::text IS NULL OR p.proposed_by = %(proposed_by)s)
ORDER BY p.proposal_id DESC LIMIT %(most)s

-- name: add_verdict
-- Enter what somebody says of a proposal.
INSERT INTO desk.verdicts (proposal_id, place, verdict, status, amount_cents, valid_to, reason, limit_id, cover_id,
    decided_by, decided_role)
SELECT %(proposal_id)s, count(*) + 1, %(verdict)s, %(status)s, %(amount_cents)s, %(valid_to)s, %(reason)s, %(limit_id)s,
    %(cover_id)s, %(decided_by)s, %(decided_role)s
FROM desk.verdicts WHERE proposal_id = %(proposal_id)s

-- name: set_limit
-- Put a limit into force from today on: a person's, or again what stood before it.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version,
    model_version, reasons, recorded_by)
VALUES (%(identity_id)s, %(amount_cents)s, %(status)s, %(source)s, %(valid_from)s, %(valid_to)s, %(grade)s, %(pd)s,
    %(policy_version)s, %(model_version)s, %(reasons)s, %(recorded_by)s)
RETURNING limit_id

-- name: newest_limit
-- The newest limit of an identity that a person or an event set.
SELECT max(limit_id) FROM ledger.limits WHERE identity_id = %s AND source <> 'model'

-- name: outranked_limit
-- What a person or an event had set before a limit and would still count on a day: it holds then, or it is a reduction by
-- an event that has ended with no limit of the model's after it.
SELECT o.amount_cents, o.status, o.source, o.valid_to, o.grade, o.pd, o.policy_version, o.model_version, o.reasons,
    o.limit_id, coalesce(o.valid_to <= %(day)s, false) AS has_ended
FROM (
    SELECT * FROM ledger.words
    WHERE identity_id = %(identity_id)s AND limit_id < %(limit_id)s AND valid_from <= %(day)s
        AND (source = 'event' OR valid_to IS NULL OR valid_to > %(day)s)
    ORDER BY recorded_at DESC, limit_id DESC LIMIT 1
) o
WHERE o.valid_to IS NULL OR o.valid_to > %(day)s OR NOT EXISTS (
    SELECT FROM ledger.limits m WHERE m.identity_id = o.identity_id AND m.source = 'model' AND m.valid_from <= %(day)s
        AND m.recorded_at > o.recorded_at)

-- name: repeat_limit
-- Let what has ended be the last word again, so that no older limit is in force.
INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version,
    model_version, reasons, recorded_by)
SELECT identity_id, amount_cents, status, source, valid_from, valid_to, grade, pd, policy_version, model_version, reasons,
    %(by)s
FROM ledger.limits WHERE limit_id = %(limit_id)s
RETURNING limit_id

-- name: take_back
-- Let a limit that is undone count no more, also when what is laid over it has ended.
INSERT INTO ledger.taken_back (limit_id, since, proposal_id) VALUES (%(limit_id)s, %(day)s, %(proposal_id)s)

-- name: acts_on_limit
-- What persons and events set of an identity's limit and nobody took back, in turn: each was entered while others were kept
-- waiting.
SELECT limit_id, source, status, amount_cents, valid_from, valid_to, recorded_by FROM ledger.words
WHERE identity_id = %s ORDER BY limit_id

-- name: verdicts_behind_limits
-- The word from which each limit followed; the machine's words only point at limits that were in force.
SELECT limit_id, proposal_id, verdict FROM desk.verdicts
WHERE limit_id = ANY(%s::bigint[]) AND decided_role <> 'machine'

-- name: referred_order
-- The order that was referred, as it was asked, unless its clearance's name is taken.
SELECT d.exporter_id, d.buyer_id, d.amount_minor, d.currency, d.terms_days, d.accept_partial,
    EXISTS (SELECT FROM ledger.decisions o WHERE o.order_id = %(again)s) AS is_taken
FROM ledger.decisions d WHERE d.order_id = %(order_id)s

-- name: clear_order
-- Record that a person looked at the signs of a referred order, for this transaction and for replays of it.
WITH cleared AS (
    INSERT INTO ledger.clearances (order_id, referred_order_id, cleared_by, reason)
    VALUES (%(again)s, %(order_id)s, %(by)s, %(reason)s) RETURNING order_id
)
SELECT set_config('bolanggu.signs_cleared', 'on', true) FROM cleared

-- name: heed_signs
-- Heed the signs again for what else this transaction does.
SELECT set_config('bolanggu.signs_cleared', 'off', true)

-- name: add_note
-- Enter a note on a buyer; the same note again changes nothing.
INSERT INTO desk.notes (event_id, buyer_id, identity_id, text, written_by)
SELECT %(event_id)s, %(buyer_id)s,
    coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s),
    %(text)s, %(by)s
ON CONFLICT (written_by, event_id) DO NOTHING RETURNING note_id

-- name: read_note
-- Read a note by its writer's key.
SELECT note_id, event_id, buyer_id, identity_id, text, written_by, recorded_at
FROM desk.notes WHERE written_by = %s AND event_id = %s

-- name: list_notes
-- The notes on a buyer's identity, newest first.
SELECT note_id, event_id, buyer_id, identity_id, text, written_by, recorded_at FROM desk.notes
WHERE identity_id = coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = %(buyer_id)s), %(buyer_id)s)
    AND (%(before)s::bigint IS NULL OR note_id < %(before)s)
ORDER BY note_id DESC LIMIT %(most)s
