-- Orders of less than half a US cent come to 0 cents, and 0 is no more than what is left where nothing is left: they were
-- covered on a limit of 0, and their covers stayed listed as open for ever, for there was nothing to give back.

-- Decisions that were made so do not follow again by the rule below. They stand, and verification passes them over.
CREATE TABLE ledger.covered_on_nothing (
    order_id text PRIMARY KEY
);
INSERT INTO ledger.covered_on_nothing (order_id)
SELECT order_id FROM ledger.decisions
WHERE amount_cents = 0 AND least(buyer_room_cents, exporter_room_cents, country_room_cents, year_room_cents) <= 0;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.covered_on_nothing
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The decision of 0003; the smallest order, too, needs a cent of room.
CREATE OR REPLACE FUNCTION ledger.decide(
    amount_minor bigint, amount_cents bigint, usd_rate numeric, terms_days integer, accept_partial boolean,
    limit_status text, buyer_room bigint, exporter_room bigint, country_room bigint, year_room bigint,
    first_time_exporters integer, largest_paid bigint, policy ledger.policies
) RETURNS ledger.answer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    needed bigint := greatest(amount_cents, 1);
    blocked text := CASE limit_status
        WHEN 'suspended' THEN 'stop_cover' WHEN 'cancelled' THEN 'limit_cancelled' WHEN 'refused' THEN 'limit_refused'
        WHEN 'expired' THEN 'limit_expired' WHEN 'investigating' THEN 'limit_under_review' END;
    available bigint := greatest(least(buyer_room, exporter_room, country_room, year_room), 0);
    answer ledger.answer;
BEGIN
    IF blocked IS NOT NULL THEN
        answer := (CASE blocked WHEN 'limit_under_review' THEN 'referred' ELSE 'declined' END, 0, 0, 0, ARRAY[blocked]);
        RETURN answer;
    END IF;
    answer := ('declined', amount_minor, amount_cents, amount_minor, '{}');
    IF needed > available THEN
        answer.covered_minor := least(trunc(available / usd_rate)::bigint, amount_minor);
        answer.covered_cents := round(answer.covered_minor * usd_rate)::bigint;
        answer.available_minor := answer.covered_minor;
        answer.reasons := array_remove(ARRAY[
            CASE WHEN needed > buyer_room THEN 'limit_full' END,
            CASE WHEN needed > exporter_room THEN 'exporter_ceiling' END,
            CASE WHEN needed > country_room THEN 'country_ceiling' END,
            CASE WHEN needed > year_room THEN 'programme_ceiling' END], NULL);
    END IF;
    IF terms_days > policy.longest_terms_days THEN
        answer.reasons := ARRAY['terms_too_long'];
    ELSIF needed > available AND NOT (accept_partial AND answer.covered_minor > 0) THEN
        NULL; -- declined: what would fit is in available_minor
    ELSE
        answer.decision := CASE WHEN needed > available THEN 'partly_covered' ELSE 'covered' END;
        IF first_time_exporters >= policy.new_exporters THEN
            answer.reasons := answer.reasons || 'many_new_exporters'::text;
            answer.decision := 'referred';
        END IF;
        IF amount_cents > policy.jump_floor_cents AND amount_cents > policy.jump_over_paid * largest_paid THEN
            answer.reasons := answer.reasons || 'jump_against_paid'::text;
            answer.decision := 'referred';
        END IF;
    END IF;
    IF answer.decision IN ('declined', 'referred') THEN
        answer.covered_minor := 0;
        answer.covered_cents := 0;
    ELSE
        IF answer.decision = 'partly_covered' THEN
            answer.reasons := answer.reasons || 'partly_fits'::text;
        END IF;
        answer.reasons := answer.reasons
            || CASE limit_status WHEN 'discretionary' THEN 'unknown_buyer' ELSE 'within_limit' END;
    END IF;
    RETURN answer;
END
$$;

-- The rooms of 0014, which tell at least what the batch needs: of a slice that has nothing left, others are asked.
CREATE OR REPLACE FUNCTION ledger.hold_rooms(
    held ledger.held_counters, asked ledger.asked_order[], policy ledger.policies, today date, at timestamptz,
    slice integer
) RETURNS ledger.held_counters LANGUAGE plpgsql AS $$
DECLARE
    country record;
    ceiling bigint;
BEGIN
    FOR country IN
        SELECT a.country AS code, sum(greatest(a.amount_cents, 1))::bigint AS need FROM unnest(asked) a
        GROUP BY a.country ORDER BY a.country COLLATE "C"
    LOOP
        ceiling := ledger.country_ceiling(country.code, today, at, policy.country_ceiling_cents);
        held.countries := held.countries || country.code;
        held.country_ceilings := held.country_ceilings || ceiling;
        held.country_rooms := held.country_rooms
            || ledger.shared_room('country', country.code, slice, country.need, ceiling);
    END LOOP;
    held.year_room := ledger.shared_room('year', extract(year FROM today)::text, slice,
        (SELECT sum(greatest(a.amount_cents, 1))::bigint FROM unnest(asked) a), policy.year_ceiling_cents);
    RETURN held;
END
$$;

-- A cover of 0 cents uses nothing up and has nothing outstanding: it leaves the list of open covers as it enters.
DROP TRIGGER note_closed ON ledger.entries;
CREATE TRIGGER note_closed AFTER INSERT ON ledger.entries
    FOR EACH ROW WHEN (NEW.event NOT IN ('reserve', 'merge') AND NEW.exposure_cents < 0
        OR NEW.event = 'reserve' AND NEW.exposure_cents = 0)
    EXECUTE FUNCTION ledger.note_closed();
DELETE FROM ledger.open_covers o
WHERE (SELECT sum(e.exposure_cents) FROM ledger.entries e WHERE e.cover_id = o.cover_id) = 0;
