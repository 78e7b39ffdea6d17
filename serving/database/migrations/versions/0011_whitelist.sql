-- The whitelist of exporters: what the rules found, and what persons said.
CREATE SCHEMA whitelist;

-- Findings by the policy's criteria, review after review; the newest of each exporter counts.
CREATE TABLE whitelist.findings (
    exporter_id text NOT NULL,
    as_of date NOT NULL, -- nothing recorded later was looked at
    status text NOT NULL CHECK (status IN ('candidate', 'not_yet', 'excluded')),
    criteria jsonb NOT NULL, -- what the policy asks for and what the exporter shows, one by one
    excluded_for text[] NOT NULL,
    extra_compensation_cents bigint NOT NULL, -- expected more to pay a year at the higher rate
    policy_version text NOT NULL,
    model_version text,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (exporter_id, recorded_at)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON whitelist.findings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- What persons said of exporters; an approval or an end is a standing in the ledger as well.
CREATE TABLE whitelist.verdicts (
    verdict_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    exporter_id text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approve', 'decline', 'end')),
    valid_to date,
    reason text NOT NULL,
    standing_id bigint,
    decided_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (decided_by, event_id)
);
CREATE INDEX verdicts_by_exporter ON whitelist.verdicts (exporter_id, verdict_id);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON whitelist.verdicts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- What happens to covers is audited as all else is, with the exposure before and after; reservations are not, for they
-- are the order checks themselves, each of which ledger.decisions keeps whole.
CREATE FUNCTION access.audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_cents bigint;
BEGIN
    SELECT coalesce(sum(e.exposure_cents), 0) INTO before_cents
    FROM ledger.entries e WHERE e.cover_id = NEW.cover_id AND e.seq < NEW.seq;
    INSERT INTO access.audit (who, role, action, subject, subject_id, before, after, recorded_at)
    VALUES (NEW.recorded_by, 'ledger', NEW.event, 'cover', NEW.cover_id::text,
        jsonb_build_object('exposure_cents', before_cents),
        jsonb_build_object('exposure_cents', before_cents + NEW.exposure_cents, 'event_id', NEW.event_id)
            || coalesce(NEW.details, '{}'),
        NEW.recorded_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER audit AFTER INSERT ON ledger.entries
    FOR EACH ROW WHEN (NEW.event <> 'reserve') EXECUTE FUNCTION access.audit_entry();
