-- Who was found to be whom. ledger.directory says how it stands now; the newest row of a buyer here says the same.
CREATE TABLE ledger.merges (
    merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer_id text NOT NULL,
    from_identity text NOT NULL,
    to_identity text NOT NULL CHECK (to_identity <> from_identity),
    reason text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX merges_by_buyer ON ledger.merges (buyer_id, merge_id);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.merges
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
