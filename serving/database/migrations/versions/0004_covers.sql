-- Events of covers given by order checks. They only ever give exposure back, so they ask no ceiling.

-- A payment and a claim have one name throughout, as in the book.
CREATE UNIQUE INDEX entries_named_once ON ledger.entries (event, event_id) WHERE event IN ('settle', 'claim');

-- Reservations that ended up to this instant have been looked at; one row.
CREATE TABLE ledger.expiry (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    swept_until timestamptz NOT NULL
);
INSERT INTO ledger.expiry (swept_until) VALUES ('-infinity');

-- Add an entry and move the counters with it, locking them in the order in which order checks lock them.
CREATE FUNCTION ledger.post(
    p_cover_id bigint, p_seq integer, p_event text, p_event_id text, p_exposure_cents bigint, p_year_cents bigint,
    p_happened_on date, p_details jsonb, p_by text, p_at timestamptz
) RETURNS timestamptz LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    given ledger.decisions;
    identity text;
    my_slice integer := 1 + pg_backend_pid() % ledger.slices();
    at timestamptz;
BEGIN
    SELECT * INTO STRICT given FROM ledger.decisions d WHERE d.cover_id = p_cover_id;
    SELECT coalesce((SELECT d.identity_id FROM ledger.directory d WHERE d.buyer_id = given.buyer_id), given.buyer_id)
    INTO identity;
    IF p_exposure_cents > 0 OR p_year_cents > 0 THEN
        RAISE EXCEPTION 'cover % may not grow after its reservation', p_cover_id USING ERRCODE = 'check_violation';
    END IF;
    IF p_exposure_cents <> 0 THEN
        UPDATE ledger.buyer_exposures b SET exposure_cents = b.exposure_cents + p_exposure_cents
        WHERE b.identity_id = identity;
        UPDATE ledger.exporter_exposures e SET exposure_cents = e.exposure_cents + p_exposure_cents
        WHERE e.exporter_id = given.exporter_id;
        UPDATE ledger.shared_exposures s SET used_cents = s.used_cents + p_exposure_cents
        WHERE s.kind = 'country' AND s.key = given.country AND s.slice = my_slice;
    END IF;
    IF p_year_cents <> 0 THEN
        UPDATE ledger.shared_exposures s SET used_cents = s.used_cents + p_year_cents
        WHERE s.kind = 'year' AND s.slice = my_slice
            AND s.key = extract(year FROM given.decided_at AT TIME ZONE 'UTC')::text;
    END IF;
    at := coalesce(p_at, clock_timestamp());
    INSERT INTO ledger.entries (cover_id, seq, event, event_id, identity_id, exposure_cents, year_cents, happened_on,
                                details, recorded_by, recorded_at)
    VALUES (p_cover_id, p_seq, p_event, p_event_id, identity, p_exposure_cents, p_year_cents,
            coalesce(p_happened_on, (at AT TIME ZONE 'UTC')::date), p_details, p_by, at);
    RETURN at;
END
$$;
