-- The order check: one statement that decides a batch of orders and reserves their cover.
--
-- Why no ceiling is ever passed. A decision adds to four counters: the buyer's, the exporter's, one slice of the
-- country's and one of the year's. It first locks those rows, always buyers before exporters before countries before
-- the year and each kind by key, so that no two checks wait for each other in a circle, and decides on the values that
-- it read under the lock: nobody else can move them before this transaction ends. Within the batch each order sees what
-- the orders before it took. Slices add up to no more than their ceiling (see ledger.shared_exposures).

CREATE FUNCTION ledger.slices() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 32;

CREATE FUNCTION ledger.policy_at(p_day date) RETURNS SETOF ledger.policies LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.* FROM ledger.policies p WHERE p.effective_from <= p_day ORDER BY p.effective_from DESC LIMIT 1
$$;

-- The limit in force on a day, as known at an instant: the newest version by then whose validity holds the day. What an
-- underwriter or an event (stop cover) set outranks what the model set, until it ends or is marked as restored.
CREATE FUNCTION ledger.limit_in_force(p_identity_id text, p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.limits LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT newest.* FROM (
        SELECT DISTINCT ON (l.source = 'model') l.* FROM ledger.limits l
        WHERE l.identity_id = p_identity_id AND l.recorded_at <= p_known_at
            AND l.valid_from <= p_day AND (l.valid_to IS NULL OR l.valid_to > p_day)
        ORDER BY l.source = 'model', l.recorded_at DESC, l.limit_id DESC
    ) newest
    WHERE newest.status <> 'restored' ORDER BY newest.source = 'model' LIMIT 1
$$;

CREATE FUNCTION ledger.standing_in_force(p_exporter_id text, p_day date, p_known_at timestamptz)
RETURNS SETOF ledger.standings LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT s.* FROM ledger.standings s
    WHERE s.exporter_id = p_exporter_id AND s.recorded_at <= p_known_at
        AND s.valid_from <= p_day AND (s.valid_to IS NULL OR s.valid_to > p_day)
    ORDER BY s.recorded_at DESC, s.standing_id DESC LIMIT 1
$$;

CREATE FUNCTION ledger.country_ceiling(p_country text, p_day date, p_known_at timestamptz, p_ceilings jsonb)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (p_ceilings ->> coalesce((
        SELECT r.risk_class::text FROM book.country_risk r
        WHERE r.country = p_country AND r.effective_from <= p_day AND r.recorded_at <= p_known_at
        ORDER BY r.effective_from DESC, r.recorded_at DESC LIMIT 1), 'unclassified'))::bigint;
END
$$;

-- What one order is answered.
CREATE TYPE ledger.answer AS (
    decision text, covered_minor bigint, covered_cents bigint, available_minor bigint, reasons text[]
);

-- The decision itself: a pure function of what the decision's row stores, so that any decision can be replayed.
-- A cover takes whole minor units, cut down so that its US cents never pass what is available.
CREATE FUNCTION ledger.decide(
    amount_minor bigint, amount_cents bigint, usd_rate numeric, terms_days integer, accept_partial boolean,
    limit_status text, buyer_room bigint, exporter_room bigint, country_room bigint, year_room bigint,
    first_time_exporters integer, largest_paid bigint, policy ledger.policies
) RETURNS ledger.answer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
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
    IF amount_cents > available THEN
        answer.covered_minor := least(trunc(available / usd_rate)::bigint, amount_minor);
        answer.covered_cents := round(answer.covered_minor * usd_rate)::bigint;
        answer.available_minor := answer.covered_minor;
        answer.reasons := array_remove(ARRAY[
            CASE WHEN amount_cents > buyer_room THEN 'limit_full' END,
            CASE WHEN amount_cents > exporter_room THEN 'exporter_ceiling' END,
            CASE WHEN amount_cents > country_room THEN 'country_ceiling' END,
            CASE WHEN amount_cents > year_room THEN 'programme_ceiling' END], NULL);
    END IF;
    IF terms_days > policy.longest_terms_days THEN
        answer.reasons := ARRAY['terms_too_long'];
    ELSIF amount_cents > available AND NOT (accept_partial AND answer.covered_minor > 0) THEN
        NULL; -- declined: what would fit is in available_minor
    ELSE
        answer.decision := CASE WHEN amount_cents > available THEN 'partly_covered' ELSE 'covered' END;
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

-- An order as asked: with whom its buyer is taken to be, its amount in US cents (rounded half up, away from zero), and
-- the numbers that its buyer, exporter, country and pair of both have within the batch, in order of their keys.
CREATE TYPE ledger.asked_order AS (
    place integer, order_id text, exporter_id text, buyer_id text, amount_minor bigint,
    currency text, terms_days integer, accept_partial boolean, usd_rate numeric, usd_rate_on date,
    amount_cents bigint, identity_id text, country text, complete boolean,
    same_id_no integer, buyer_no integer, exporter_no integer, country_no integer, pair_no integer
);

CREATE FUNCTION ledger.asked(
    order_ids text[], exporter_ids text[], buyer_ids text[], amounts_minor bigint[], currencies text[],
    terms_days integer[], accept_partials boolean[], usd_rates numeric[], usd_rates_on date[]
) RETURNS ledger.asked_order[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT array_agg(whole::ledger.asked_order) FROM (
        SELECT a.place::integer, a.order_id, a.exporter_id, a.buyer_id, a.amount_minor, a.currency, a.terms_days,
            a.accept_partial, a.usd_rate, a.usd_rate_on, round(a.amount_minor * a.usd_rate)::bigint,
            i.identity_id, coalesce(d.country, 'ZZ'),
            b.identity_id IS NOT NULL AND e.exporter_id IS NOT NULL,
            (row_number() OVER (PARTITION BY a.order_id COLLATE "C" ORDER BY a.place))::integer,
            (dense_rank() OVER (ORDER BY i.identity_id COLLATE "C"))::integer,
            (dense_rank() OVER (ORDER BY a.exporter_id COLLATE "C"))::integer,
            (dense_rank() OVER (ORDER BY coalesce(d.country, 'ZZ') COLLATE "C"))::integer,
            (dense_rank() OVER (ORDER BY i.identity_id COLLATE "C", a.exporter_id COLLATE "C"))::integer
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
            AS a (order_id, exporter_id, buyer_id, amount_minor, currency, terms_days, accept_partial, usd_rate,
                  usd_rate_on, place)
        LEFT JOIN LATERAL (SELECT * FROM ledger.directory WHERE buyer_id = a.buyer_id LIMIT 1) d ON true
        CROSS JOIN LATERAL (SELECT coalesce(d.identity_id, a.buyer_id)) AS i (identity_id)
        LEFT JOIN LATERAL (SELECT * FROM ledger.buyer_exposures WHERE identity_id = i.identity_id LIMIT 1) b ON true
        LEFT JOIN LATERAL (SELECT * FROM ledger.exporter_exposures WHERE exporter_id = a.exporter_id LIMIT 1) e ON true
        ORDER BY a.place
    ) AS whole);
END
$$;

-- Share what a country's or year's ceiling still has room for among its slices, and make the slices that are not there.
-- The asking slice gets what it needs, if there is as much, and at least its equal share.
CREATE FUNCTION ledger.regrant(p_kind text, p_key text, p_slice integer, p_need_cents bigint, p_ceiling_cents bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.shared_exposures (kind, key, slice, ceiling_cents)
    SELECT p_kind, p_key, n, p_ceiling_cents FROM generate_series(1, ledger.slices()) n ORDER BY n
    ON CONFLICT DO NOTHING;
    PERFORM FROM ledger.shared_exposures s WHERE s.kind = p_kind AND s.key = p_key ORDER BY s.slice FOR UPDATE;
    WITH shares AS (
        SELECT w.room, least(w.room, greatest(p_need_cents, w.room / ledger.slices())) AS mine
        FROM (
            SELECT greatest(p_ceiling_cents - sum(s.used_cents), 0)::bigint AS room
            FROM ledger.shared_exposures s WHERE s.kind = p_kind AND s.key = p_key
        ) w
    )
    UPDATE ledger.shared_exposures s
    SET ceiling_cents = p_ceiling_cents,
        granted_cents = s.used_cents
            + CASE WHEN s.slice = p_slice THEN h.mine ELSE (h.room - h.mine) / (ledger.slices() - 1) END
    FROM shares h WHERE s.kind = p_kind AND s.key = p_key;
END
$$;

-- Lock my slice of a country's or year's ceiling and tell its room. Where it may not do for `p_need_cents`, all slices
-- are locked and the whole room is shared out anew. So the room told is less than the need only if the ceiling itself
-- has no more, as it stood at some instant of this check.
CREATE FUNCTION ledger.shared_room(p_kind text, p_key text, p_slice integer, p_need_cents bigint, p_ceiling_cents bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    mine ledger.shared_exposures;
    used_cents bigint;
BEGIN
    SELECT * INTO mine FROM ledger.shared_exposures s WHERE s.kind = p_kind AND s.key = p_key AND s.slice = p_slice;
    IF mine.ceiling_cents = p_ceiling_cents AND mine.granted_cents - mine.used_cents >= p_need_cents THEN
        SELECT * INTO mine FROM ledger.shared_exposures s
        WHERE s.kind = p_kind AND s.key = p_key AND s.slice = p_slice FOR UPDATE;
        IF mine.ceiling_cents <> p_ceiling_cents OR mine.granted_cents - mine.used_cents < p_need_cents THEN
            -- Locking the other slices now, mine held, could close a circle of waits; another attempt will lock all.
            RAISE EXCEPTION 'another check took from slice % of % %', p_slice, p_kind, p_key
                USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN mine.granted_cents - mine.used_cents;
    END IF;
    SELECT sum(s.used_cents) INTO used_cents FROM ledger.shared_exposures s WHERE s.kind = p_kind AND s.key = p_key;
    IF used_cents >= p_ceiling_cents THEN
        RETURN 0; -- used up: no lock is needed to decline, so a full ceiling makes nobody wait
    END IF;
    PERFORM ledger.regrant(p_kind, p_key, p_slice, p_need_cents, p_ceiling_cents);
    RETURN (SELECT s.granted_cents - s.used_cents FROM ledger.shared_exposures s
        WHERE s.kind = p_kind AND s.key = p_key AND s.slice = p_slice);
END
$$;

-- Lock the buyers of a batch in order of their keys; tell their exposures and largest paid orders in that order.
CREATE FUNCTION ledger.hold_buyers(asked ledger.asked_order[], OUT exposures bigint[], OUT largest_paid bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    SELECT array_agg(held.exposure_cents), array_agg(held.largest_paid_cents) INTO exposures, largest_paid FROM (
        SELECT b.exposure_cents, b.largest_paid_cents
        FROM (SELECT DISTINCT a.buyer_no, a.identity_id FROM unnest(asked) a ORDER BY a.buyer_no) a
        CROSS JOIN LATERAL (
            SELECT * FROM ledger.buyer_exposures WHERE identity_id = a.identity_id FOR UPDATE
        ) b
    ) held;
END
$$;

-- Lock the exporters of a batch in order of their keys; tell their exposures in that order.
CREATE FUNCTION ledger.hold_exporters(asked ledger.asked_order[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT array_agg(held.exposure_cents) FROM (
        SELECT e.exposure_cents
        FROM (SELECT DISTINCT a.exporter_no, a.exporter_id FROM unnest(asked) a ORDER BY a.exporter_no) a
        CROSS JOIN LATERAL (
            SELECT * FROM ledger.exporter_exposures WHERE exporter_id = a.exporter_id FOR UPDATE
        ) e
    ) held);
END
$$;

-- Make the counters of buyers and exporters that have none, in the order in which all lock them.
CREATE FUNCTION ledger.open_counters(asked ledger.asked_order[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.buyer_exposures (identity_id)
    SELECT DISTINCT a.identity_id COLLATE "C" AS id FROM unnest(asked) a ORDER BY id ON CONFLICT DO NOTHING;
    INSERT INTO ledger.exporter_exposures (exporter_id)
    SELECT DISTINCT a.exporter_id COLLATE "C" AS id FROM unnest(asked) a ORDER BY id ON CONFLICT DO NOTHING;
END
$$;

-- Write decisions, their covers' first entries and relations, and add them to the counters that the caller holds.
CREATE FUNCTION ledger.write_decisions(fresh ledger.decisions[], p_year text, p_slice integer, p_by text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    written integer;
BEGIN
    INSERT INTO ledger.decisions SELECT f.* FROM unnest(fresh) f ON CONFLICT (order_id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(fresh) THEN
        RAISE EXCEPTION 'another check decided one of these orders just now' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO ledger.entries (cover_id, seq, event, identity_id, exposure_cents, year_cents, happened_on,
                                recorded_by, recorded_at)
    SELECT f.cover_id, 1, 'reserve', f.identity_id, f.covered_cents, f.covered_cents,
        (f.decided_at AT TIME ZONE 'UTC')::date, p_by, f.decided_at
    FROM unnest(fresh) f WHERE f.cover_id IS NOT NULL;
    INSERT INTO ledger.relations (identity_id, exporter_id, first_on)
    SELECT f.identity_id, f.exporter_id, (f.decided_at AT TIME ZONE 'UTC')::date
    FROM unnest(fresh) f WHERE f.cover_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    UPDATE ledger.buyer_exposures b SET exposure_cents = b.exposure_cents + m.cents
    FROM (SELECT f.identity_id, sum(f.covered_cents)::bigint AS cents FROM unnest(fresh) f GROUP BY 1) m
    WHERE b.identity_id = m.identity_id AND m.cents > 0;
    UPDATE ledger.exporter_exposures e SET exposure_cents = e.exposure_cents + m.cents
    FROM (SELECT f.exporter_id, sum(f.covered_cents)::bigint AS cents FROM unnest(fresh) f GROUP BY 1) m
    WHERE e.exporter_id = m.exporter_id AND m.cents > 0;
    UPDATE ledger.shared_exposures s SET used_cents = s.used_cents + m.cents
    FROM (
        SELECT 'country' AS kind, f.country AS key, sum(f.covered_cents)::bigint AS cents
        FROM unnest(fresh) f GROUP BY f.country
        UNION ALL
        SELECT 'year', p_year, sum(f.covered_cents)::bigint FROM unnest(fresh) f
    ) m
    WHERE s.kind = m.kind AND s.key = m.key AND s.slice = p_slice AND m.cents > 0;
END
$$;

-- Decide orders and reserve their cover. Answers every order asked, in its place. `same_body` is false where an order
-- was decided before with another body; its decision then answers that other one. SQLSTATE 40001: call again.
CREATE FUNCTION ledger.check_orders(
    order_ids text[], exporter_ids text[], buyer_ids text[], amounts_minor bigint[], currencies text[],
    terms_days integer[], accept_partials boolean[], usd_rates numeric[], usd_rates_on date[], p_by text,
    p_at timestamptz DEFAULT NULL
) RETURNS TABLE (place integer, same_body boolean, made ledger.decisions)
LANGUAGE plpgsql
-- The same plans serve one order and a thousand; planning anew for each call would cost more than running them.
SET plan_cache_mode = force_generic_plan
SET jit = off
-- Every table is read by key: a plan made while a table was small must not read it whole once it has grown. (For the
-- same reason look-ups are lateral with a LIMIT: a plain join on a still empty table may be planned without its key.)
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    at timestamptz := coalesce(p_at, clock_timestamp());
    today date := (at AT TIME ZONE 'UTC')::date;
    this_year text := extract(year FROM today)::text;
    my_slice integer := 1 + pg_backend_pid() % ledger.slices();
    asked ledger.asked_order[] := ledger.asked(order_ids, exporter_ids, buyer_ids, amounts_minor, currencies,
                                               terms_days, accept_partials, usd_rates, usd_rates_on);
    policy ledger.policies;
    -- Exposures and rooms as this batch uses them up, by the numbers that ledger.asked gave out.
    buyer_exposures bigint[];
    largest_paid bigint[];
    exporter_exposures bigint[];
    country_ceilings bigint[] := '{}';
    country_rooms bigint[] := '{}';
    year_room bigint;
    newcomers integer[] := array_fill(0, ARRAY[cardinality(asked)]);
    met boolean[] := array_fill(false, ARRAY[cardinality(asked)]);
    country record;
    o record;
    first_time integer;
    given ledger.answer;
    is_covered boolean;
    fresh ledger.decisions[] := '{}';
BEGIN
    SELECT * INTO STRICT policy FROM ledger.policy_at(today);
    IF (SELECT bool_or(NOT a.complete) FROM unnest(asked) a) THEN
        PERFORM ledger.open_counters(asked);
    END IF;
    SELECT * INTO buyer_exposures, largest_paid FROM ledger.hold_buyers(asked);
    exporter_exposures := ledger.hold_exporters(asked);
    FOR country IN
        SELECT a.country AS code, sum(a.amount_cents)::bigint AS need FROM unnest(asked) a
        GROUP BY a.country_no, a.country ORDER BY a.country_no
    LOOP
        country_ceilings := country_ceilings
            || ledger.country_ceiling(country.code, today, at, policy.country_ceiling_cents);
        country_rooms := country_rooms || ledger.shared_room(
            'country', country.code, my_slice, country.need, country_ceilings[cardinality(country_ceilings)]);
    END LOOP;
    year_room := ledger.shared_room('year', this_year, my_slice,
        (SELECT sum(a.amount_cents)::bigint FROM unnest(asked) a), policy.year_ceiling_cents);
    at := coalesce(p_at, clock_timestamp());

    FOR o IN
        SELECT a.*, coalesce(now_is.identity_id, a.buyer_id) AS identity_now,
            coalesce(l.limit_id, past.limit_id) AS limit_id, coalesce(l.grade, past.grade) AS limit_grade,
            coalesce(l.valid_to, past.valid_to) AS limit_until,
            CASE WHEN l.limit_id IS NOT NULL THEN l.amount_cents
                WHEN past.limit_id IS NOT NULL THEN 0 ELSE policy.discretionary_cents END AS limit_cents,
            CASE WHEN l.limit_id IS NOT NULL THEN l.status
                WHEN past.limit_id IS NOT NULL THEN 'expired' ELSE 'discretionary' END AS limit_status,
            CASE s.standing WHEN 'whitelisted' THEN policy.whitelisted_bp ELSE policy.standard_bp END AS rate_bp,
            (SELECT count(*) FROM (
                SELECT FROM ledger.relations r
                WHERE r.identity_id = a.identity_id AND r.first_on > today - policy.window_days
                LIMIT policy.new_exporters) recent)::integer AS recent_exporters,
            EXISTS (SELECT FROM ledger.relations r
                WHERE r.identity_id = a.identity_id AND r.exporter_id = a.exporter_id) AS known_exporter
        FROM unnest(asked) a
        LEFT JOIN LATERAL (SELECT * FROM ledger.directory WHERE buyer_id = a.buyer_id LIMIT 1) now_is ON true
        LEFT JOIN LATERAL ledger.limit_in_force(a.identity_id, today, at) l ON true
        LEFT JOIN LATERAL (
            SELECT p.limit_id, p.grade, p.valid_to FROM ledger.limits p
            WHERE l.limit_id IS NULL AND p.identity_id = a.identity_id AND p.recorded_at <= at AND p.valid_to <= today
            ORDER BY p.recorded_at DESC, p.limit_id DESC LIMIT 1
        ) past ON true
        LEFT JOIN LATERAL ledger.standing_in_force(a.exporter_id, today, at) s ON true
        LEFT JOIN LATERAL (SELECT order_id FROM ledger.decisions WHERE order_id = a.order_id LIMIT 1) decided ON true
        WHERE a.same_id_no = 1 AND decided.order_id IS NULL
        ORDER BY a.place
    LOOP
        IF o.identity_now <> o.identity_id THEN
            RAISE EXCEPTION 'buyer % was merged just now', o.buyer_id USING ERRCODE = 'serialization_failure';
        END IF;
        first_time := o.recent_exporters + newcomers[o.buyer_no]
            + CASE WHEN o.known_exporter OR met[o.pair_no] THEN 0 ELSE 1 END;
        given := ledger.decide(
            o.amount_minor, o.amount_cents, o.usd_rate, o.terms_days, o.accept_partial, o.limit_status,
            o.limit_cents - buyer_exposures[o.buyer_no],
            policy.exporter_ceiling_cents - exporter_exposures[o.exporter_no],
            country_rooms[o.country_no], year_room, first_time, largest_paid[o.buyer_no], policy);
        is_covered := given.decision IN ('covered', 'partly_covered');
        fresh := fresh || (
            o.order_id, o.exporter_id, o.buyer_id, o.amount_minor, o.currency, o.terms_days, o.accept_partial,
            given.decision, CASE WHEN is_covered THEN nextval('ledger.cover_ids') END,
            given.covered_minor, given.available_minor, o.rate_bp,
            CASE WHEN is_covered THEN at + policy.reservation_days * interval '1 day' END,
            given.reasons, at, o.amount_cents, given.covered_cents, o.usd_rate, o.usd_rate_on, policy.policy_version,
            o.identity_id, o.country, o.limit_id, o.limit_cents, o.limit_status,
            o.limit_grade, o.limit_until, country_ceilings[o.country_no],
            o.limit_cents - buyer_exposures[o.buyer_no],
            policy.exporter_ceiling_cents - exporter_exposures[o.exporter_no],
            country_rooms[o.country_no], year_room, first_time, largest_paid[o.buyer_no])::ledger.decisions;
        IF is_covered THEN
            buyer_exposures[o.buyer_no] := buyer_exposures[o.buyer_no] + given.covered_cents;
            exporter_exposures[o.exporter_no] := exporter_exposures[o.exporter_no] + given.covered_cents;
            country_rooms[o.country_no] := country_rooms[o.country_no] - given.covered_cents;
            year_room := year_room - given.covered_cents;
            IF NOT (o.known_exporter OR met[o.pair_no]) THEN
                newcomers[o.buyer_no] := newcomers[o.buyer_no] + 1;
                met[o.pair_no] := true;
            END IF;
        END IF;
    END LOOP;
    IF cardinality(fresh) > 0 THEN
        PERFORM ledger.write_decisions(fresh, this_year, my_slice, p_by);
    END IF;

    RETURN QUERY
    SELECT a.place,
        (d.exporter_id, d.buyer_id, d.amount_minor, d.currency, d.terms_days, d.accept_partial)
            = (a.exporter_id, a.buyer_id, a.amount_minor, a.currency, a.terms_days, a.accept_partial),
        d::ledger.decisions
    FROM unnest(asked) a
    CROSS JOIN LATERAL (SELECT * FROM ledger.decisions WHERE order_id = a.order_id LIMIT 1) d
    ORDER BY a.place;
END
$$;
