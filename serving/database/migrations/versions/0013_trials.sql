-- Trials: limits of the whole book worked out without being put into force. The preview of a limit run is one, of which
-- a person may release exactly what was shown; two policies side by side are another.
CREATE SCHEMA trials;

CREATE TABLE trials.trials (
    trial_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL, -- the asker's key; the same trial again changes nothing
    kind text NOT NULL CHECK (kind IN ('preview', 'comparison')),
    as_of date NOT NULL,
    policies jsonb NOT NULL, -- one or two, each {"version"} of a policy on file or {"text"} of one on trial
    asked_by text NOT NULL,
    asked_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (asked_by, event_id)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trials.trials
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- How far the work on a trial came. Work that was interrupted starts anew, so a step may stand more than once.
CREATE TABLE trials.steps (
    trial_id bigint NOT NULL REFERENCES trials.trials,
    step text NOT NULL CHECK (step IN ('started', 'exported', 'scored', 'decided')),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX steps_by_trial ON trials.steps (trial_id, recorded_at);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trials.steps
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- What a trial came to: why it failed, or what it rests on (`basis`) and the figures of each of its policies.
CREATE TABLE trials.outcomes (
    trial_id bigint PRIMARY KEY REFERENCES trials.trials,
    failure text,
    basis jsonb CHECK ((basis IS NULL) = (failure IS NOT NULL)),
    sides jsonb CHECK ((sides IS NULL) = (failure IS NOT NULL)),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trials.outcomes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Every buyer's decision under each of the trial's policies, as a release puts it into force; amounts are US cents.
CREATE TABLE trials.decisions (
    trial_id bigint NOT NULL REFERENCES trials.trials,
    side smallint NOT NULL CHECK (side IN (0, 1)), -- which of the trial's policies
    identity_id text NOT NULL,
    country text NOT NULL,
    stands text CHECK (stands IN ('override', 'stop')), -- what outranks the decision: set by a person, or by a notice
    change text NOT NULL CHECK (change IN ('new', 'increase', 'reduce', 'cancel', 'prolong')),
    previous_cents bigint,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    status text NOT NULL,
    authority text NOT NULL CHECK (authority IN ('machine', 'underwriter', 'senior')),
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    grade text,
    pd double precision,
    policy_version text NOT NULL,
    reasons jsonb NOT NULL,
    workings text, -- of a preview only: a release takes it along
    PRIMARY KEY (trial_id, side, identity_id)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trials.decisions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Previews that were released: all their limits are in force since.
CREATE TABLE trials.releases (
    trial_id bigint PRIMARY KEY REFERENCES trials.trials,
    run_id text NOT NULL UNIQUE, -- of the limits in the ledger
    limits integer NOT NULL,
    reason text NOT NULL,
    released_by text NOT NULL,
    released_role text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trials.releases
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Releases after which the tables about peers, which one buyer's features rest on, were brought to the release's day.
CREATE TABLE trials.refreshes (
    trial_id bigint PRIMARY KEY REFERENCES trials.releases,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
