-- New facts of a buyer that may move its limit. A row is written in the transaction of its event, so that a crash loses
-- none, and is marked when it has been weighed: `done_at - recorded_at` is how long that took.
CREATE TABLE ledger.rescores (
    rescore_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer_id text NOT NULL,
    cause text NOT NULL, -- the event's word
    recorded_at timestamptz NOT NULL,
    not_before timestamptz NOT NULL DEFAULT '-infinity', -- later where an attempt has failed
    attempts integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    outcome text CHECK (outcome IN ('stopped', 'reduced', 'restored', 'unchanged', 'left_to_person', 'unscored')),
    limit_id bigint, -- the limit that came of it, where one did
    CHECK ((done_at IS NULL) = (outcome IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX rescores_waiting ON ledger.rescores (rescore_id) WHERE done_at IS NULL;

-- All that a limit was made of and came to, as text from which the same bytes can be made again. Apart from the limits,
-- which order checks read.
CREATE TABLE ledger.workings (
    run_id text NOT NULL,
    identity_id text NOT NULL,
    workings text NOT NULL,
    PRIMARY KEY (run_id, identity_id)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.workings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Notices and claims are few: whether a buyer is in trouble is read from them alone.
CREATE INDEX entries_adverse ON ledger.entries (cover_id) WHERE event IN ('overdue', 'claim', 'claim_decision');

-- The median of each feature over the book of the last run, for the sentences of one buyer's reasons.
CREATE TABLE peers.usual (
    feature text PRIMARY KEY,
    median double precision
);

-- One identity's limit is moved by one transaction at a time: by an event, by rescoring, by a merge.
CREATE FUNCTION ledger.hold_limit(p_identity_id text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('bolanggu limit of ' || p_identity_id, 0))
$$;
