-- What was taken back of a buyer's limit. A word that was undone at the desk, or an event's stop of which all is paid, used
-- to give way only to what was recorded after it. Where that was a person's word with an end, the old one came back when
-- that ended: cover was stopped by what was settled, or given by what two persons had agreed to and undone.

-- A word counts as if it had never been said from `since` on, as known from `recorded_at` on: no past day changes, and a
-- decision of before finds again what it found.
CREATE TABLE ledger.taken_back (
    limit_id bigint PRIMARY KEY,
    since date NOT NULL,
    proposal_id bigint, -- that was undone,
    run_id text, -- or the rescoring that found all paid
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((proposal_id IS NULL) <> (run_id IS NULL))
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.taken_back
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- What persons and events said of limits and nobody took back. (A look-up with a LIMIT goes by key, see 0016.)
CREATE VIEW ledger.words AS
SELECT l.* FROM ledger.limits l
WHERE l.source <> 'model' AND (SELECT true FROM ledger.taken_back t WHERE t.limit_id = l.limit_id LIMIT 1) IS NULL;

-- The rule of 0017 for what was not taken back by then.
CREATE OR REPLACE FUNCTION ledger.limits_in_force(p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.limits LANGUAGE sql STABLE AS $$
    SELECT last_word.* FROM (
        SELECT DISTINCT ON (newest.identity_id) newest.* FROM (
            SELECT DISTINCT ON (l.identity_id, l.source = 'model') l.* FROM ledger.limits l
            WHERE l.recorded_at <= p_known_at AND l.valid_from <= p_day
                AND (l.source <> 'underwriter' OR l.valid_to IS NULL OR l.valid_to > p_day)
                AND (l.source = 'model' OR (
                    SELECT true FROM ledger.taken_back t
                    WHERE t.limit_id = l.limit_id AND t.since <= p_day AND t.recorded_at <= p_known_at LIMIT 1) IS NULL)
            ORDER BY l.identity_id, l.source = 'model', l.recorded_at DESC, l.limit_id DESC
        ) newest
        WHERE newest.status <> 'restored'
        ORDER BY newest.identity_id,
            newest.source <> 'model' AND (newest.valid_to IS NULL OR newest.valid_to > p_day) DESC,
            newest.recorded_at DESC, newest.limit_id DESC
    ) last_word
    WHERE last_word.valid_to IS NULL OR last_word.valid_to > p_day
$$;

-- Which word a limit followed from.
CREATE INDEX verdicts_by_limit ON desk.verdicts (limit_id) WHERE limit_id IS NOT NULL;

-- What was undone until now will not come back either. What has come back and stops cover today stays until a person or
-- rescoring lifts it: no migration opens cover.
INSERT INTO ledger.taken_back (limit_id, since, proposal_id)
SELECT v.limit_id, today.day, v.proposal_id
FROM (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day) today
CROSS JOIN desk.verdicts v
JOIN desk.verdicts u ON u.proposal_id = v.proposal_id AND u.verdict = 'undone'
JOIN ledger.limits l ON l.limit_id = v.limit_id
WHERE v.verdict <> 'undone' AND NOT EXISTS (
    SELECT FROM ledger.limit_in_force(l.identity_id, today.day, 'infinity') f
    WHERE f.limit_id = l.limit_id AND f.amount_cents = 0);
