-- The limits in force on a day, as known at an instant. It replaces the rule of 0003, by which the newest version among
-- those still valid held: how long a limit holds depends on its grade, so that a refusal of 90 days ended and the year's
-- limit before it was in force again. Now whoever spoke last has spoken, also when that has ended:
-- 1. Of the versions that began by the day, what a person or an event (stop cover, a reduction) set last outranks what
--    the model set, until it ends or is marked as restored.
-- 2. A person's word that has ended is as if never said: what it stood upon, another's word or the machine's, holds again.
-- 3. A reduction by an event that has ended gives way only to a limit that the model set after it.
-- 4. No older version stands in for one that has ended: there is no limit in force then, and order checks answer that it
--    has expired.
CREATE FUNCTION ledger.limits_in_force(p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.limits LANGUAGE sql STABLE AS $$
    SELECT last_word.* FROM (
        SELECT DISTINCT ON (newest.identity_id) newest.* FROM (
            SELECT DISTINCT ON (l.identity_id, l.source = 'model') l.* FROM ledger.limits l
            WHERE l.recorded_at <= p_known_at AND l.valid_from <= p_day
                AND (l.source <> 'underwriter' OR l.valid_to IS NULL OR l.valid_to > p_day)
            ORDER BY l.identity_id, l.source = 'model', l.recorded_at DESC, l.limit_id DESC
        ) newest
        WHERE newest.status <> 'restored'
        ORDER BY newest.identity_id,
            newest.source <> 'model' AND (newest.valid_to IS NULL OR newest.valid_to > p_day) DESC,
            newest.recorded_at DESC, newest.limit_id DESC
    ) last_word
    WHERE last_word.valid_to IS NULL OR last_word.valid_to > p_day
$$;

-- The same for one identity. The LIMIT keeps it a query of its own, so that the identity reaches the index whatever
-- query it stands in (see 0016); joined, it would be looked for among the limits of all.
CREATE OR REPLACE FUNCTION ledger.limit_in_force(p_identity_id text, p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.limits LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT l.* FROM ledger.limits_in_force(p_day, p_known_at) l WHERE l.identity_id = p_identity_id LIMIT 1
$$;

-- What the model set and holds on a day unless something outranks it.
CREATE FUNCTION ledger.model_limit_in_force(p_identity_id text, p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.limits LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT newest.* FROM (
        SELECT l.* FROM ledger.limits l
        WHERE l.identity_id = p_identity_id AND l.source = 'model' AND l.recorded_at <= p_known_at
            AND l.valid_from <= p_day
        ORDER BY l.recorded_at DESC, l.limit_id DESC LIMIT 1
    ) newest
    WHERE newest.valid_to IS NULL OR newest.valid_to > p_day
$$;

-- An exporter's standing likewise: an approval that ends sooner than the one before it ends that one too.
CREATE OR REPLACE FUNCTION ledger.standing_in_force(p_exporter_id text, p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.standings LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT newest.* FROM (
        SELECT s.* FROM ledger.standings s
        WHERE s.exporter_id = p_exporter_id AND s.recorded_at <= p_known_at AND s.valid_from <= p_day
        ORDER BY s.recorded_at DESC, s.standing_id DESC LIMIT 1
    ) newest
    WHERE newest.valid_to IS NULL OR newest.valid_to > p_day
$$;
