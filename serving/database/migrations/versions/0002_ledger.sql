-- The ledger. Amounts are US cents unless a column ends in _minor (minor units of the row's currency).
-- What happened is only ever added (policies, limits, decisions, entries); what is so now (counters, directory,
-- relations, paid history) is kept in the same transaction and can be recomputed from what happened.
CREATE SCHEMA ledger;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: its rows are only ever added', tg_op, tg_table_schema, tg_table_name
        USING ERRCODE = 'restrict_violation';
END
$$;

-- The programme's terms as order checks need them; one row a version, from models/policies.
CREATE TABLE ledger.policies (
    policy_version text PRIMARY KEY,
    effective_from date NOT NULL UNIQUE,
    buyer_cap_cents bigint NOT NULL CHECK (buyer_cap_cents > 0),
    discretionary_cents bigint NOT NULL CHECK (discretionary_cents > 0),
    standard_bp integer NOT NULL CHECK (standard_bp BETWEEN 0 AND 10000),
    whitelisted_bp integer NOT NULL CHECK (whitelisted_bp BETWEEN 0 AND 10000),
    reservation_days integer NOT NULL CHECK (reservation_days > 0),
    longest_terms_days integer NOT NULL CHECK (longest_terms_days >= 0),
    exporter_ceiling_cents bigint NOT NULL CHECK (exporter_ceiling_cents > 0),
    country_ceiling_cents jsonb NOT NULL, -- by OECD risk class, 'unclassified' for none
    year_ceiling_cents bigint NOT NULL CHECK (year_ceiling_cents > 0),
    window_days integer NOT NULL CHECK (window_days > 0),
    new_exporters integer NOT NULL CHECK (new_exporters > 0),
    jump_over_paid integer NOT NULL CHECK (jump_over_paid > 0),
    jump_floor_cents bigint NOT NULL CHECK (jump_floor_cents > 0),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Who each buyer is taken to be: buyers that are one share an identity, and the identity's limit and exposure.
CREATE TABLE ledger.directory (
    buyer_id text PRIMARY KEY,
    identity_id text NOT NULL,
    country text NOT NULL
);
CREATE INDEX directory_by_identity ON ledger.directory (identity_id);

-- Credit limits of identities, version after version, valid from a day up to, not including, another (none: open end).
CREATE TABLE ledger.limits (
    limit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identity_id text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    status text NOT NULL CHECK (status IN (
        'approved', 'partly_approved', 'conditional', 'refused', 'investigating', 'reduced', 'cancelled', 'suspended',
        'restored')), -- restored: what an underwriter or event had set no longer holds; the model's limit does
    source text NOT NULL CHECK (source IN ('model', 'underwriter', 'event')),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    grade text,
    pd double precision CHECK (pd BETWEEN 0 AND 1),
    policy_version text,
    model_version text,
    run_id text,
    reasons jsonb NOT NULL DEFAULT '[]',
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX limits_newest_first ON ledger.limits (identity_id, recorded_at DESC, limit_id DESC);

-- Exporters' standing, version after version; who has none is standard.
CREATE TABLE ledger.standings (
    standing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exporter_id text NOT NULL,
    standing text NOT NULL CHECK (standing IN ('standard', 'whitelisted')),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    reason text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX standings_newest_first ON ledger.standings (exporter_id, recorded_at DESC, standing_id DESC);

-- One row an order checked: what was asked, what was answered, and all that the answer followed from.
CREATE TABLE ledger.decisions (
    order_id text PRIMARY KEY,
    exporter_id text NOT NULL,
    buyer_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    terms_days integer NOT NULL,
    accept_partial boolean NOT NULL,
    -- the answer
    decision text NOT NULL CHECK (decision IN ('covered', 'partly_covered', 'declined', 'referred')),
    cover_id bigint UNIQUE CHECK ((cover_id IS NOT NULL) = (decision IN ('covered', 'partly_covered'))),
    covered_minor bigint NOT NULL CHECK (covered_minor BETWEEN 0 AND amount_minor),
    available_minor bigint NOT NULL CHECK (available_minor >= 0),
    rate_bp integer NOT NULL,
    expires_at timestamptz,
    reasons text[] NOT NULL,
    decided_at timestamptz NOT NULL,
    -- what it followed from
    amount_cents bigint NOT NULL,
    covered_cents bigint NOT NULL CHECK (covered_cents BETWEEN 0 AND amount_cents),
    usd_rate numeric(18, 12) NOT NULL,
    usd_rate_on date NOT NULL,
    policy_version text NOT NULL,
    identity_id text NOT NULL,
    country text NOT NULL,
    limit_id bigint,
    limit_cents bigint NOT NULL,
    limit_status text NOT NULL,
    limit_grade text,
    limit_until date,
    country_ceiling_cents bigint NOT NULL,
    buyer_room_cents bigint NOT NULL,
    exporter_room_cents bigint NOT NULL,
    country_room_cents bigint NOT NULL,
    year_room_cents bigint NOT NULL,
    first_time_exporters integer NOT NULL,
    largest_paid_cents bigint NOT NULL
);
CREATE SEQUENCE ledger.cover_ids OWNED BY ledger.decisions.cover_id;
CREATE INDEX decisions_by_buyer ON ledger.decisions (buyer_id, decided_at);
CREATE INDEX decisions_by_expiry ON ledger.decisions (expires_at) WHERE expires_at IS NOT NULL;

-- What moved exposure, cover by cover: exposure on buyer, exporter and country; and the programme year's covered sum.
CREATE TABLE ledger.entries (
    cover_id bigint NOT NULL,
    seq smallint NOT NULL CHECK (seq >= 1),
    event text NOT NULL CHECK (event IN (
        'reserve', 'ship', 'settle', 'release', 'expire', 'overdue', 'claim', 'claim_decision', 'recovery', 'merge')),
    event_id text, -- the caller's key; the same event again changes nothing
    identity_id text NOT NULL,
    exposure_cents bigint NOT NULL,
    year_cents bigint NOT NULL,
    happened_on date NOT NULL,
    details jsonb,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (cover_id, seq)
);
CREATE UNIQUE INDEX entries_by_event ON ledger.entries (cover_id, event, event_id) WHERE event_id IS NOT NULL;

-- What is outstanding now on each identity, and the largest order that it has paid in full.
CREATE TABLE ledger.buyer_exposures (
    identity_id text PRIMARY KEY,
    exposure_cents bigint NOT NULL DEFAULT 0 CHECK (exposure_cents >= 0),
    largest_paid_cents bigint NOT NULL DEFAULT 0 CHECK (largest_paid_cents >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What is outstanding now of each exporter.
CREATE TABLE ledger.exporter_exposures (
    exporter_id text PRIMARY KEY,
    exposure_cents bigint NOT NULL DEFAULT 0 CHECK (exposure_cents >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What is used now of a country's ceiling (outstanding) and of a programme year's (covered in the year), in slices, so
-- that unrelated buyers do not wait for one another: each slice may use what it was granted of the ceiling. Invariant:
-- sum(granted_cents) <= ceiling_cents and used_cents <= granted_cents in every slice, hence sum(used_cents) <= ceiling_cents.
-- A ceiling that was lowered below what is used grants nothing more until enough has been given back.
-- One slice may fall below zero, where it gives back what another had taken; their sum may not.
CREATE TABLE ledger.shared_exposures (
    kind text NOT NULL CHECK (kind IN ('country', 'year')),
    key text NOT NULL,
    slice integer NOT NULL,
    used_cents bigint NOT NULL DEFAULT 0,
    granted_cents bigint NOT NULL DEFAULT 0 CHECK (granted_cents >= used_cents),
    ceiling_cents bigint NOT NULL,
    PRIMARY KEY (kind, key, slice)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.05);

-- When an exporter first had cover on (or, from the book, an order of) an identity.
CREATE TABLE ledger.relations (
    identity_id text NOT NULL,
    exporter_id text NOT NULL,
    first_on date NOT NULL,
    PRIMARY KEY (identity_id, exporter_id)
);
CREATE INDEX relations_by_day ON ledger.relations (identity_id, first_on);

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.policies
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.limits
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.standings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.decisions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
