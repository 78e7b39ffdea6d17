-- Whom a buyer was taken to be as known at an instant. ledger.directory says how it stands now, which order checks and
-- events go by; what is told of the past must not change when buyers are merged or split later.
CREATE INDEX merges_by_target ON ledger.merges (to_identity, buyer_id);

CREATE FUNCTION ledger.identity_known(p_buyer_id text, p_known_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((
        SELECT m.to_identity FROM ledger.merges m WHERE m.buyer_id = p_buyer_id AND m.recorded_at <= p_known_at
        ORDER BY m.merge_id DESC LIMIT 1), p_buyer_id)
$$;

-- Every buyer that was taken to be the same as one, itself included.
CREATE FUNCTION ledger.members_known(p_buyer_id text, p_known_at timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2 AS $$
    WITH known AS (SELECT ledger.identity_known(p_buyer_id, p_known_at) AS id)
    SELECT k.id FROM known k
    UNION SELECT p_buyer_id
    UNION SELECT m.buyer_id FROM known k JOIN ledger.merges m ON m.to_identity = k.id
    WHERE m.recorded_at <= p_known_at AND ledger.identity_known(m.buyer_id, p_known_at) = k.id
$$;
