-- The underwriters' desk: what somebody (or an order's referral) asks a person to decide, and every word on it.
CREATE SCHEMA desk;

-- Amounts are US cents. `before` holds what was in force and what the machine proposed when it was asked.
CREATE TABLE desk.proposals (
    proposal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL, -- the proposer's key; the same proposal again changes nothing
    kind text NOT NULL CHECK (kind IN ('limit_request', 'override', 'suspend', 'restore', 'referral')),
    buyer_id text NOT NULL,
    identity_id text NOT NULL,
    exporter_id text,
    order_id text CHECK ((order_id IS NOT NULL) = (kind = 'referral')),
    request text CHECK (request IN ('new', 'increase', 'reduce', 'cancel', 'prolong')),
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    valid_to date,
    reason text NOT NULL,
    before jsonb NOT NULL,
    policy_version text NOT NULL,
    proposed_by text NOT NULL,
    proposed_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (proposed_by, event_id)
);
CREATE INDEX proposals_by_identity ON desk.proposals (identity_id, proposal_id);

-- What was said of a proposal, in turn; `status` is where the proposal stands after it.
CREATE TABLE desk.verdicts (
    proposal_id bigint NOT NULL REFERENCES desk.proposals,
    place smallint NOT NULL CHECK (place >= 1),
    verdict text NOT NULL CHECK (verdict IN ('approved', 'own_authority', 'refused', 'withdrawn', 'undone')),
    status text NOT NULL CHECK (status IN
        ('waiting', 'approved', 'partly_approved', 'refused', 'withdrawn', 'undone')),
    amount_cents bigint CHECK (amount_cents >= 0),
    valid_to date,
    reason text NOT NULL,
    limit_id bigint, -- the limit that followed
    cover_id bigint, -- the cover that followed
    decided_by text NOT NULL,
    decided_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (proposal_id, place)
);

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.proposals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.verdicts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Four eyes, whatever the program does: nobody approves what they proposed, nor twice.
CREATE FUNCTION desk.hold_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verdict = 'approved' AND (
        EXISTS (SELECT FROM desk.proposals p WHERE p.proposal_id = NEW.proposal_id AND p.proposed_by = NEW.decided_by)
        OR EXISTS (SELECT FROM desk.verdicts v WHERE v.proposal_id = NEW.proposal_id AND v.decided_by = NEW.decided_by))
    THEN
        RAISE EXCEPTION '% may not approve proposal % as well', NEW.decided_by, NEW.proposal_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER four_eyes BEFORE INSERT ON desk.verdicts FOR EACH ROW EXECUTE FUNCTION desk.hold_four_eyes();

-- A referred order waits on the desk from the transaction of its check on.
CREATE FUNCTION desk.refer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO desk.proposals (event_id, kind, buyer_id, identity_id, exporter_id, order_id, amount_cents, reason,
                                before, policy_version, proposed_by, proposed_role)
    VALUES (NEW.order_id, 'referral', NEW.buyer_id, NEW.identity_id, NEW.exporter_id, NEW.order_id, NEW.amount_cents,
        array_to_string(NEW.reasons, ', '),
        jsonb_build_object('limit', jsonb_build_object(
            'amount_cents', NEW.limit_cents, 'status', NEW.limit_status, 'grade', NEW.limit_grade,
            'room_cents', NEW.buyer_room_cents)),
        NEW.policy_version, 'order check', 'platform');
    RETURN NULL;
END
$$;
CREATE TRIGGER refer AFTER INSERT ON ledger.decisions
    FOR EACH ROW WHEN (NEW.decision = 'referred') EXECUTE FUNCTION desk.refer();

-- Notes on a buyer.
CREATE TABLE desk.notes (
    note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    buyer_id text NOT NULL,
    identity_id text NOT NULL,
    text text NOT NULL,
    written_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (written_by, event_id)
);
CREATE INDEX notes_by_identity ON desk.notes (identity_id, note_id);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.notes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Referred orders that a person cleared: the order was checked once more under `order_id`, without the signs that had
-- it referred; limits and ceilings hold as ever.
CREATE TABLE ledger.clearances (
    order_id text PRIMARY KEY,
    referred_order_id text NOT NULL UNIQUE,
    cleared_by text NOT NULL,
    reason text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.clearances
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The terms for a cleared order: the same, but nothing is a sign any more.
CREATE FUNCTION ledger.without_signs(policy ledger.policies) RETURNS ledger.policies LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    policy.new_exporters := 2147483647;
    policy.jump_floor_cents := 9223372036854775807;
    RETURN policy;
END
$$;

-- Replaces that of 0003: within a transaction that set `bolanggu.signs_cleared`, a person has looked at the signs.
CREATE OR REPLACE FUNCTION ledger.policy_at(p_day date) RETURNS SETOF ledger.policies LANGUAGE plpgsql STABLE ROWS 1 AS $$
DECLARE
    policy ledger.policies;
BEGIN
    SELECT p.* INTO STRICT policy FROM ledger.policies p
    WHERE p.effective_from <= p_day ORDER BY p.effective_from DESC LIMIT 1;
    IF current_setting('bolanggu.signs_cleared', true) = 'on' THEN
        policy := ledger.without_signs(policy);
    END IF;
    RETURN NEXT policy;
END
$$;
