-- The order check: one statement that decides a batch of orders and reserves their cover. It replaces that of 0003,
-- whose ledger.decide, ledger.shared_room and ledger.regrant it goes on using.
--
-- Why no ceiling is ever passed. A decision adds to four counters: the buyer's, the exporter's, one slice of the
-- country's and one of the year's. It first locks those rows, always buyers before exporters before countries before
-- the year and each kind by key, so that no two checks wait for each other in a circle, and decides on the values that
-- it read under the lock: nobody else can move them before this transaction ends. Within the batch each order sees what
-- the orders before it took. Slices add up to no more than their ceiling (see ledger.shared_exposures).
--
-- Why an order is decided once. Its name is its decision's key. A check that finds it decided answers that decision; of
-- two checks that decide it at the same time the later to write fails (23505 on decisions_pkey) and is asked again.
--
-- What it costs. Most of it is searches in indexes, a dozen an order: nothing is searched for that this batch has read
-- or written itself.

-- Who asked: the name of the key, or of the person who cleared a referral. Checks from before this was kept have none;
-- of those that gave a cover the first entry tells it.
ALTER TABLE ledger.decisions ADD COLUMN asked_by text;

CREATE INDEX decisions_by_exporter ON ledger.decisions (exporter_id, cover_id) WHERE cover_id IS NOT NULL;

-- Covers with something outstanding: a list of them, newest first, does not go through all that ended. A cover enters
-- with its reservation and leaves with the entry that brings its exposure to nothing, in the same transaction; none
-- grows again (see ledger.post).
CREATE TABLE ledger.open_covers (
    cover_id bigint PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0.05);
INSERT INTO ledger.open_covers (cover_id)
SELECT cover_id FROM ledger.entries GROUP BY cover_id HAVING sum(exposure_cents) > 0;

CREATE FUNCTION ledger.note_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM ledger.open_covers o WHERE o.cover_id = NEW.cover_id
        AND (SELECT sum(e.exposure_cents) FROM ledger.entries e WHERE e.cover_id = NEW.cover_id) = 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_closed AFTER INSERT ON ledger.entries
    FOR EACH ROW WHEN (NEW.event NOT IN ('reserve', 'merge') AND NEW.exposure_cents < 0)
    EXECUTE FUNCTION ledger.note_closed();

DROP FUNCTION ledger.check_orders(
    text[], text[], text[], bigint[], text[], integer[], boolean[], numeric[], date[], text, timestamptz);
DROP FUNCTION ledger.write_decisions(ledger.decisions[], text, integer, text);
DROP FUNCTION ledger.open_counters(ledger.asked_order[]);
DROP FUNCTION ledger.hold_exporters(ledger.asked_order[]);
DROP FUNCTION ledger.hold_buyers(ledger.asked_order[]);
DROP FUNCTION ledger.asked(text[], text[], text[], bigint[], text[], integer[], boolean[], numeric[], date[]);
DROP TYPE ledger.asked_order;

-- An order as asked: with whom its buyer is taken to be, its amount in US cents (rounded half up, away from zero), and
-- the numbers that its buyer and exporter have within the batch, in order of their keys. An order may stand more than
-- once in a batch; all its places know the first.
CREATE TYPE ledger.asked_order AS (
    place integer, order_id text, exporter_id text, buyer_id text, amount_minor bigint, currency text,
    terms_days integer, accept_partial boolean, usd_rate numeric, usd_rate_on date,
    amount_cents bigint, identity_id text, country text,
    has_counters boolean, first_place integer, buyer_no integer, exporter_no integer
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
            (min(a.place) OVER (PARTITION BY a.order_id COLLATE "C"))::integer,
            (dense_rank() OVER (ORDER BY i.identity_id COLLATE "C"))::integer,
            (dense_rank() OVER (ORDER BY a.exporter_id COLLATE "C"))::integer
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

-- Make the counters of buyers and exporters that have none, in the order in which all lock them.
CREATE FUNCTION ledger.open_counters(asked ledger.asked_order[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.buyer_exposures (identity_id)
    SELECT DISTINCT a.identity_id COLLATE "C" AS id FROM unnest(asked) a ORDER BY id ON CONFLICT DO NOTHING;
    INSERT INTO ledger.exporter_exposures (exporter_id)
    SELECT DISTINCT a.exporter_id COLLATE "C" AS id FROM unnest(asked) a ORDER BY id ON CONFLICT DO NOTHING;
END
$$;

-- What the counters that a batch holds locked say: exposures by the numbers that ledger.asked gave out, ceilings and
-- rooms of countries in order of their codes.
CREATE TYPE ledger.held_counters AS (
    buyer_exposures bigint[], largest_paid bigint[], exporter_exposures bigint[],
    countries text[], country_ceilings bigint[], country_rooms bigint[], year_room bigint
);

-- Lock the counters of a batch's buyers, then of its exporters, each kind in order of its keys.
CREATE FUNCTION ledger.hold_exposures(asked ledger.asked_order[]) RETURNS ledger.held_counters LANGUAGE plpgsql AS $$
DECLARE
    held ledger.held_counters;
BEGIN
    SELECT array_agg(b.exposure_cents), array_agg(b.largest_paid_cents) INTO held.buyer_exposures, held.largest_paid
    FROM (
        SELECT b.exposure_cents, b.largest_paid_cents
        FROM (SELECT DISTINCT a.buyer_no, a.identity_id FROM unnest(asked) a ORDER BY a.buyer_no) a
        CROSS JOIN LATERAL (SELECT * FROM ledger.buyer_exposures WHERE identity_id = a.identity_id FOR UPDATE) b
    ) b;
    SELECT array_agg(e.exposure_cents) INTO held.exporter_exposures
    FROM (
        SELECT e.exposure_cents
        FROM (SELECT DISTINCT a.exporter_no, a.exporter_id FROM unnest(asked) a ORDER BY a.exporter_no) a
        CROSS JOIN LATERAL (SELECT * FROM ledger.exporter_exposures WHERE exporter_id = a.exporter_id FOR UPDATE) e
    ) e;
    RETURN held;
END
$$;

-- Lock a slice of the ceilings of a batch's countries, in order of their codes, then of the year's; tell their rooms.
CREATE FUNCTION ledger.hold_rooms(
    held ledger.held_counters, asked ledger.asked_order[], policy ledger.policies, today date, at timestamptz,
    slice integer
) RETURNS ledger.held_counters LANGUAGE plpgsql AS $$
DECLARE
    country record;
    ceiling bigint;
BEGIN
    FOR country IN
        SELECT a.country AS code, sum(a.amount_cents)::bigint AS need FROM unnest(asked) a
        GROUP BY a.country ORDER BY a.country COLLATE "C"
    LOOP
        ceiling := ledger.country_ceiling(country.code, today, at, policy.country_ceiling_cents);
        held.countries := held.countries || country.code;
        held.country_ceilings := held.country_ceilings || ceiling;
        held.country_rooms := held.country_rooms
            || ledger.shared_room('country', country.code, slice, country.need, ceiling);
    END LOOP;
    held.year_room := ledger.shared_room('year', extract(year FROM today)::text, slice,
        (SELECT sum(a.amount_cents)::bigint FROM unnest(asked) a), policy.year_ceiling_cents);
    RETURN held;
END
$$;

-- An order with all that its decision follows from beside the counters: its buyer's limit (the discretionary one where
-- nobody ever set one, none where the last has ended), its compensation rate, how many exporters are new to the buyer, and
-- whether it was decided before.
CREATE TYPE ledger.known_order AS (
    place integer, order_id text, exporter_id text, buyer_id text, amount_minor bigint, currency text,
    terms_days integer, accept_partial boolean, usd_rate numeric, usd_rate_on date,
    amount_cents bigint, identity_id text, country text, buyer_no integer, exporter_no integer,
    identity_now text, limit_id bigint, limit_cents bigint, limit_status text, limit_grade text, limit_until date,
    rate_bp integer, recent_exporters integer, is_known_exporter boolean, is_decided boolean
);

CREATE FUNCTION ledger.known(asked ledger.asked_order[], policy ledger.policies, today date, at timestamptz)
RETURNS ledger.known_order[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT array_agg(whole::ledger.known_order) FROM (
        SELECT a.place, a.order_id, a.exporter_id, a.buyer_id, a.amount_minor, a.currency, a.terms_days,
            a.accept_partial, a.usd_rate, a.usd_rate_on, a.amount_cents, a.identity_id, a.country, a.buyer_no,
            a.exporter_no, coalesce(now_is.identity_id, a.buyer_id), coalesce(l.limit_id, past.limit_id),
            CASE WHEN l.limit_id IS NOT NULL THEN l.amount_cents
                WHEN past.limit_id IS NOT NULL THEN 0 ELSE policy.discretionary_cents END,
            CASE WHEN l.limit_id IS NOT NULL THEN l.status
                WHEN past.limit_id IS NOT NULL THEN 'expired' ELSE 'discretionary' END,
            coalesce(l.grade, past.grade), coalesce(l.valid_to, past.valid_to),
            CASE s.standing WHEN 'whitelisted' THEN policy.whitelisted_bp ELSE policy.standard_bp END,
            (SELECT count(*) FROM (
                SELECT FROM ledger.relations r
                WHERE r.identity_id = a.identity_id AND r.first_on > today - policy.window_days
                LIMIT policy.new_exporters) recent)::integer,
            EXISTS (SELECT FROM ledger.relations r
                WHERE r.identity_id = a.identity_id AND r.exporter_id = a.exporter_id),
            a.first_place < a.place OR EXISTS (SELECT FROM ledger.decisions d WHERE d.order_id = a.order_id)
        FROM (SELECT * FROM unnest(asked) n ORDER BY n.buyer_no) a
        LEFT JOIN LATERAL (SELECT * FROM ledger.directory WHERE buyer_id = a.buyer_id LIMIT 1) now_is ON true
        LEFT JOIN LATERAL ledger.limit_in_force(a.identity_id, today, at) l ON true
        LEFT JOIN LATERAL (
            SELECT p.limit_id, p.grade, p.valid_to FROM ledger.limits p
            WHERE l.limit_id IS NULL AND p.identity_id = a.identity_id AND p.recorded_at <= at AND p.valid_to <= today
            ORDER BY p.recorded_at DESC, p.limit_id DESC LIMIT 1
        ) past ON true
        LEFT JOIN LATERAL ledger.standing_in_force(a.exporter_id, today, at) s ON true
        ORDER BY a.place
    ) AS whole);
END
$$;

-- What an order found when its turn came, and what it was given.
CREATE TYPE ledger.turn AS (
    given ledger.answer, cover_id bigint, buyer_room_cents bigint, exporter_room_cents bigint, country_room_cents bigint,
    year_room_cents bigint, country_ceiling_cents bigint, first_time_exporters integer, largest_paid_cents bigint,
    is_new_pair boolean
);

-- Decide the orders of a batch one after the other, each on what those before it have left. One that was decided before
-- has no turn.
CREATE FUNCTION ledger.decide_in_turn(known ledger.known_order[], held ledger.held_counters, policy ledger.policies)
RETURNS ledger.turn[] LANGUAGE plpgsql AS $$
DECLARE
    -- Arrays of their own: an element of an array variable is changed in place, one of an array in a row is not.
    buyer_exposures bigint[] := held.buyer_exposures;
    largest_paid bigint[] := held.largest_paid;
    exporter_exposures bigint[] := held.exporter_exposures;
    countries text[] := held.countries;
    country_rooms bigint[] := held.country_rooms;
    newcomers integer[] := array_fill(0, ARRAY[cardinality(buyer_exposures)]);
    met bigint[] := '{}'; -- pairs of buyer and exporter that this batch brought together
    year_room bigint := held.year_room;
    turns ledger.turn[] := '{}';
    turn ledger.turn;
    o record;
    country_no integer;
    pair bigint;
BEGIN
    FOR o IN
        SELECT k.is_decided, k.buyer_id, k.identity_id, k.identity_now, k.country, k.buyer_no, k.exporter_no,
            k.amount_minor, k.amount_cents, k.usd_rate, k.terms_days, k.accept_partial, k.limit_status, k.limit_cents,
            k.recent_exporters, k.is_known_exporter
        FROM unnest(known) k
    LOOP
        IF o.is_decided THEN
            turns := turns || NULL::ledger.turn;
            CONTINUE;
        ELSIF o.identity_now <> o.identity_id THEN
            RAISE EXCEPTION 'buyer % was merged just now', o.buyer_id USING ERRCODE = 'serialization_failure';
        END IF;
        country_no := array_position(countries, o.country);
        pair := o.buyer_no::bigint << 32 | o.exporter_no;
        turn.is_new_pair := NOT (o.is_known_exporter OR pair = ANY (met));
        turn.buyer_room_cents := o.limit_cents - buyer_exposures[o.buyer_no];
        turn.exporter_room_cents := policy.exporter_ceiling_cents - exporter_exposures[o.exporter_no];
        turn.country_room_cents := country_rooms[country_no];
        turn.year_room_cents := year_room;
        turn.country_ceiling_cents := held.country_ceilings[country_no];
        turn.first_time_exporters := o.recent_exporters + newcomers[o.buyer_no] + turn.is_new_pair::integer;
        turn.largest_paid_cents := largest_paid[o.buyer_no];
        turn.given := ledger.decide(
            o.amount_minor, o.amount_cents, o.usd_rate, o.terms_days, o.accept_partial, o.limit_status,
            turn.buyer_room_cents, turn.exporter_room_cents, turn.country_room_cents, turn.year_room_cents,
            turn.first_time_exporters, turn.largest_paid_cents, policy);
        turn.cover_id := NULL;
        IF (turn.given).covered_minor > 0 THEN
            turn.cover_id := nextval('ledger.cover_ids');
            buyer_exposures[o.buyer_no] := buyer_exposures[o.buyer_no] + (turn.given).covered_cents;
            exporter_exposures[o.exporter_no] := exporter_exposures[o.exporter_no] + (turn.given).covered_cents;
            country_rooms[country_no] := country_rooms[country_no] - (turn.given).covered_cents;
            year_room := year_room - (turn.given).covered_cents;
            IF turn.is_new_pair THEN
                newcomers[o.buyer_no] := newcomers[o.buyer_no] + 1;
                met := met || pair;
            END IF;
        END IF;
        turns := turns || turn;
    END LOOP;
    RETURN turns;
END
$$;

-- Write what was decided, the covers' first entries and new relations, and add to the counters that the caller holds.
CREATE FUNCTION ledger.write_decisions(
    known ledger.known_order[], turns ledger.turn[], policy ledger.policies, today date, at timestamptz,
    p_slice integer, p_by text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH given AS (
        INSERT INTO ledger.decisions
        SELECT k.order_id, k.exporter_id, k.buyer_id, k.amount_minor, k.currency, k.terms_days, k.accept_partial,
            (k.given).decision, k.cover_id, (k.given).covered_minor, (k.given).available_minor, k.rate_bp,
            CASE WHEN k.cover_id IS NOT NULL THEN at + policy.reservation_days * interval '1 day' END,
            (k.given).reasons, at, k.amount_cents, (k.given).covered_cents, k.usd_rate, k.usd_rate_on,
            policy.policy_version, k.identity_id, k.country, k.limit_id, k.limit_cents, k.limit_status, k.limit_grade,
            k.limit_until, k.country_ceiling_cents, k.buyer_room_cents, k.exporter_room_cents, k.country_room_cents,
            k.year_room_cents, k.first_time_exporters, k.largest_paid_cents, p_by
        FROM ROWS FROM (unnest(known), unnest(turns)) k WHERE NOT k.is_decided
        RETURNING cover_id, identity_id, exporter_id, country, covered_cents
    ), covers AS (
        SELECT g.* FROM given g WHERE g.cover_id IS NOT NULL
    ), opened AS (
        INSERT INTO ledger.open_covers SELECT c.cover_id FROM covers c
    ), entered AS (
        INSERT INTO ledger.entries (cover_id, seq, event, identity_id, exposure_cents, year_cents, happened_on,
                                    recorded_by, recorded_at)
        SELECT c.cover_id, 1, 'reserve', c.identity_id, c.covered_cents, c.covered_cents, today, p_by, at FROM covers c
    ), of_buyers AS (
        UPDATE ledger.buyer_exposures b SET exposure_cents = b.exposure_cents + m.cents
        FROM (SELECT c.identity_id, sum(c.covered_cents)::bigint AS cents FROM covers c GROUP BY c.identity_id) m
        WHERE b.identity_id = m.identity_id
    ), of_exporters AS (
        UPDATE ledger.exporter_exposures e SET exposure_cents = e.exposure_cents + m.cents
        FROM (SELECT c.exporter_id, sum(c.covered_cents)::bigint AS cents FROM covers c GROUP BY c.exporter_id) m
        WHERE e.exporter_id = m.exporter_id
    )
    UPDATE ledger.shared_exposures s SET used_cents = s.used_cents + m.cents
    FROM (
        SELECT 'country' AS kind, c.country AS key, sum(c.covered_cents)::bigint AS cents FROM covers c GROUP BY c.country
        UNION ALL
        SELECT 'year', extract(year FROM today)::text, sum(c.covered_cents)::bigint FROM covers c
    ) m
    WHERE s.kind = m.kind AND s.key = m.key AND s.slice = p_slice AND m.cents > 0;
    IF (SELECT bool_or(t.is_new_pair) FROM unnest(turns) t) THEN
        INSERT INTO ledger.relations (identity_id, exporter_id, first_on)
        SELECT k.identity_id, k.exporter_id, today FROM ROWS FROM (unnest(known), unnest(turns)) k
        WHERE k.is_new_pair AND k.cover_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- The answer to an order, with what its reasons' texts tell.
CREATE TYPE ledger.answered_order AS (
    place integer, same_body boolean, order_id text, currency text, terms_days integer, decision text, cover_id bigint,
    covered_minor bigint, available_minor bigint, rate_bp integer, expires_at timestamptz, reasons text[],
    amount_cents bigint, policy_version text, country text, limit_cents bigint, limit_grade text, limit_until date,
    country_ceiling_cents bigint, first_time_exporters integer, largest_paid_cents bigint
);

-- Decide orders and reserve their cover. Answers every order asked, in its place. `same_body` is false where an order
-- was decided before with another body; its decision then answers that other one. SQLSTATE 40001, and 23505 on
-- decisions_pkey: call again.
CREATE FUNCTION ledger.check_orders(
    order_ids text[], exporter_ids text[], buyer_ids text[], amounts_minor bigint[], currencies text[],
    terms_days integer[], accept_partials boolean[], usd_rates numeric[], usd_rates_on date[], p_by text,
    p_at timestamptz DEFAULT NULL
) RETURNS SETOF ledger.answered_order
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
    slice integer := 1 + pg_backend_pid() % ledger.slices();
    asked ledger.asked_order[] := ledger.asked($1, $2, $3, $4, $5, $6, $7, $8, $9);
    policy ledger.policies;
    held ledger.held_counters;
    known ledger.known_order[];
BEGIN
    SELECT * INTO STRICT policy FROM ledger.policy_at(today);
    IF (SELECT bool_or(NOT a.has_counters) FROM unnest(asked) a) THEN
        PERFORM ledger.open_counters(asked);
    END IF;
    held := ledger.hold_exposures(asked);
    held := ledger.hold_rooms(held, asked, policy, today, at, slice);
    at := coalesce(p_at, clock_timestamp());
    IF (at AT TIME ZONE 'UTC')::date <> today THEN
        RAISE EXCEPTION 'the day ended while counters were waited for' USING ERRCODE = 'serialization_failure';
    END IF;
    known := ledger.known(asked, policy, today, at);
    IF (SELECT bool_or(NOT k.is_decided) FROM unnest(known) k) THEN
        PERFORM ledger.write_decisions(
            known, ledger.decide_in_turn(known, held, policy), policy, today, at, slice, p_by);
    END IF;
    RETURN QUERY
    SELECT a.place,
        (d.exporter_id, d.buyer_id, d.amount_minor, d.currency, d.terms_days, d.accept_partial)
            = (a.exporter_id, a.buyer_id, a.amount_minor, a.currency, a.terms_days, a.accept_partial),
        d.order_id, d.currency, d.terms_days, d.decision, d.cover_id, d.covered_minor, d.available_minor, d.rate_bp,
        d.expires_at, d.reasons, d.amount_cents, d.policy_version, d.country, d.limit_cents, d.limit_grade,
        d.limit_until, d.country_ceiling_cents, d.first_time_exporters, d.largest_paid_cents
    FROM unnest(asked) a
    CROSS JOIN LATERAL (SELECT * FROM ledger.decisions WHERE order_id = a.order_id LIMIT 1) d;
END
$$;
