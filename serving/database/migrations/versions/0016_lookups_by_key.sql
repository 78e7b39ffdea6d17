-- What is known of orders, looked up by key whatever the plan was made on. It replaces that of 0014, whose EXISTS the
-- planner may turn into reading a whole table once and keeping a hash of it: on a new ledger, where tables are small,
-- that looks cheap, and the plan then stays while they grow. A look-up with a LIMIT is never turned round so.
CREATE OR REPLACE FUNCTION ledger.known(asked ledger.asked_order[], policy ledger.policies, today date, at timestamptz)
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
            (SELECT true FROM ledger.relations r
                WHERE r.identity_id = a.identity_id AND r.exporter_id = a.exporter_id LIMIT 1) IS NOT NULL,
            a.first_place < a.place
                OR (SELECT true FROM ledger.decisions d WHERE d.order_id = a.order_id LIMIT 1) IS NOT NULL
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
