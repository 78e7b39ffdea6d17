-- Who may, and who did.
CREATE SCHEMA access;

-- API keys, of which only a hash is kept; a revoked key stays for the record.
CREATE TABLE access.keys (
    key_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('platform', 'underwriter', 'senior', 'modeller', 'auditor')),
    scopes text[] NOT NULL DEFAULT '{}', -- the only actions of its role that it may do; all where there are none
    prefix text NOT NULL, -- the key's first characters, to tell keys apart
    secret_sha256 bytea NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_by text,
    revoked_at timestamptz CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX keys_live_names ON access.keys (name) WHERE revoked_at IS NULL;

-- Every write of a person or key that leaves no entry in the ledger's own tables, and what it changed.
CREATE TABLE access.audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    who text NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    subject_id text NOT NULL,
    before jsonb,
    after jsonb,
    reason text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_by_subject ON access.audit (subject, subject_id, audit_id);
CREATE INDEX audit_by_who ON access.audit (who, audit_id);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON access.audit
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
