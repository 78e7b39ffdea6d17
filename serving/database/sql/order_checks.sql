-- name: check_orders
-- Decide a batch of orders and reserve their cover, or repeat what was answered before.
SELECT c.place, c.same_body, (c.made).order_id, (c.made).currency, (c.made).terms_days, (c.made).decision,
    (c.made).cover_id, (c.made).covered_minor, (c.made).available_minor, (c.made).rate_bp, (c.made).expires_at,
    (c.made).reasons, (c.made).amount_cents, (c.made).policy_version, (c.made).country, (c.made).limit_cents,
    (c.made).limit_grade, (c.made).limit_until, (c.made).country_ceiling_cents, (c.made).first_time_exporters,
    (c.made).largest_paid_cents
FROM ledger.check_orders(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::integer[], %s::boolean[],
    %s::numeric[], %s::date[], %s, %s) c
