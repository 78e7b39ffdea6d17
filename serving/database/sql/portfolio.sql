-- name: book_lines
-- Every identity that has a limit in force or something outstanding: what it may have, what it has, and its PD.
WITH outstanding AS (
    SELECT * FROM ledger.buyer_exposures WHERE exposure_cents > 0
)
SELECT coalesce(l.identity_id, b.identity_id) AS identity_id, coalesce(d.country, 'ZZ') AS country, l.grade, l.pd,
    l.status, l.source, coalesce(l.amount_cents, 0) AS limit_cents, coalesce(b.exposure_cents, 0) AS exposure_cents,
    l.model_version
FROM ledger.limits_in_force(%(day)s, clock_timestamp()) l
FULL JOIN outstanding b ON b.identity_id = l.identity_id
LEFT JOIN ledger.directory d ON d.buyer_id = coalesce(l.identity_id, b.identity_id)

-- name: largest_exporters
-- The exporters with most outstanding, and their standing on a day.
SELECT x.exporter_id, n.name, x.exposure_cents, coalesce(s.standing, 'standard') AS standing
FROM ledger.exporter_exposures x
LEFT JOIN LATERAL ledger.standing_in_force(x.exporter_id, %(day)s, clock_timestamp()) s ON true
LEFT JOIN LATERAL (
    SELECT v.name FROM book.exporters v WHERE v.exporter_id = x.exporter_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true
WHERE x.exposure_cents > 0 ORDER BY x.exposure_cents DESC, x.exporter_id LIMIT %(most)s

-- name: exporters_buyers
-- What is outstanding of some exporters on each of their buyers' identities.
SELECT d.exporter_id, e.identity_id, sum(e.exposure_cents)::bigint AS exposure_cents
FROM ledger.open_covers o
JOIN ledger.decisions d ON d.cover_id = o.cover_id AND d.exporter_id = ANY(%(exporters)s)
JOIN ledger.entries e ON e.cover_id = o.cover_id
GROUP BY d.exporter_id, e.identity_id HAVING sum(e.exposure_cents) > 0

-- name: risk_classes
-- The OECD risk class of every country on a day.
SELECT DISTINCT ON (country) country, risk_class FROM book.country_risk WHERE effective_from <= %(day)s
ORDER BY country, effective_from DESC, recorded_at DESC

-- name: ceilings_used
-- What is used of each country's and each programme year's ceiling, and the ceiling as last heard of.
SELECT kind, key, sum(used_cents)::bigint AS used_cents, max(ceiling_cents) AS ceiling_cents
FROM ledger.shared_exposures GROUP BY kind, key ORDER BY kind, key

-- name: year_claims
-- Claims that were filed or decided within a year, as known now, since much of its last days is recorded in the next; and
-- those recovered on, by what was known before its start and by its end.
SELECT c.claim_id, o.currency, o.ordered_on, c.filed_on, c.decided_on, c.outcome, c.loss_minor,
    coalesce(c.compensated_minor, 0) AS compensated_minor, coalesce(became.recovered_minor, 0) AS recovered_minor,
    coalesce(was.recovered_minor, 0) AS recovered_before_minor
FROM (
    SELECT DISTINCT ON (v.claim_id) v.* FROM book.claims v ORDER BY v.claim_id, v.recorded_at DESC
) c
JOIN LATERAL (
    SELECT v.currency, v.ordered_on FROM book.orders v WHERE v.order_id = c.order_id ORDER BY v.recorded_at DESC LIMIT 1
) o ON true
LEFT JOIN LATERAL (
    SELECT v.recovered_minor FROM book.claims v WHERE v.claim_id = c.claim_id AND v.recorded_at < %(end)s
    ORDER BY v.recorded_at DESC LIMIT 1
) became ON true
LEFT JOIN LATERAL (
    SELECT v.recovered_minor FROM book.claims v WHERE v.claim_id = c.claim_id AND v.recorded_at < %(start)s
    ORDER BY v.recorded_at DESC LIMIT 1
) was ON true
WHERE (c.filed_on >= %(first)s AND c.filed_on < %(next)s) OR (c.decided_on >= %(first)s AND c.decided_on < %(next)s)
    OR became.recovered_minor IS DISTINCT FROM was.recovered_minor

-- name: year_trade
-- What was ordered on credit within a year, as known now, by currency and day.
SELECT o.currency, o.ordered_on, sum(o.amount_minor)::bigint AS amount_minor, count(*) AS orders
FROM (
    SELECT DISTINCT ON (v.order_id) v.currency, v.ordered_on, v.amount_minor FROM book.orders v
    WHERE v.ordered_on >= %(first)s AND v.ordered_on < %(next)s
    ORDER BY v.order_id, v.recorded_at DESC
) o GROUP BY o.currency, o.ordered_on

-- name: limits_moved
-- Every identity's limit and grade on an earlier day and today, as known now.
WITH named AS (
    SELECT DISTINCT ON (buyer_id) buyer_id, name FROM book.buyers ORDER BY buyer_id, recorded_at DESC, name
)
SELECT coalesce(was.identity_id, l.identity_id) AS identity_id, n.name, was.amount_cents AS before_cents,
    l.amount_cents AS after_cents, was.grade AS grade_before, l.grade AS grade_after
FROM ledger.limits_in_force(%(since)s, clock_timestamp()) was
FULL JOIN ledger.limits_in_force(%(today)s, clock_timestamp()) l ON l.identity_id = was.identity_id
LEFT JOIN named n ON n.buyer_id = coalesce(was.identity_id, l.identity_id)

-- name: country_lateness
-- Of each country's orders that fell due lately, how many were late as the last run knew; and the share before that.
SELECT country, due, late, late_before::float8 / nullif(due_before, 0) AS before FROM peers.lateness ORDER BY country

-- name: rushing_buyer
-- The buyer whom most exporters sold to for the first time since a day, where they are as many as an order is referred
-- for and it had traded before.
SELECT r.identity_id AS buyer_id, n.name, r.exporters FROM (
    SELECT identity_id, count(*) FILTER (WHERE first_on > %(since)s) AS exporters FROM ledger.relations
    GROUP BY identity_id
    HAVING count(*) FILTER (WHERE first_on > %(since)s) >= %(exporters)s
        AND count(*) FILTER (WHERE first_on <= %(since)s) > 0
    ORDER BY exporters DESC, identity_id LIMIT 1
) r
LEFT JOIN LATERAL (
    SELECT v.name FROM book.buyers v WHERE v.buyer_id = r.identity_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true

-- name: fading_buyer
-- The buyer with cover outstanding whose limit the last runs lowered one after the other, the deepest fall first.
WITH runs AS (
    SELECT l.identity_id, l.amount_cents, l.limit_id,
        lag(l.amount_cents) OVER (PARTITION BY l.identity_id ORDER BY l.recorded_at, l.limit_id) AS before_cents
    FROM ledger.limits l JOIN ledger.buyer_exposures b ON b.identity_id = l.identity_id AND b.exposure_cents > 0
    WHERE l.source = 'model' AND l.valid_from > %(year_ago)s
)
SELECT f.identity_id AS buyer_id, n.name, f.times, f.from_cents, f.to_cents FROM (
    SELECT identity_id, count(*) FILTER (WHERE amount_cents < before_cents) AS times, max(amount_cents) AS from_cents,
        (array_agg(amount_cents ORDER BY limit_id DESC))[1] AS to_cents
    FROM runs GROUP BY identity_id
    HAVING count(*) FILTER (WHERE amount_cents < before_cents) >= 2
        AND count(*) FILTER (WHERE amount_cents > before_cents) = 0
    ORDER BY max(amount_cents) - (array_agg(amount_cents ORDER BY limit_id DESC))[1] DESC, identity_id LIMIT 1
) f
LEFT JOIN LATERAL (
    SELECT v.name FROM book.buyers v WHERE v.buyer_id = f.identity_id ORDER BY v.recorded_at DESC, v.name LIMIT 1
) n ON true

-- name: waiting_counts
-- How many candidates for the whitelist, claims on covers and previews of today wait for a person.
SELECT (
        SELECT count(*) FROM (
            SELECT DISTINCT ON (exporter_id) exporter_id, status, recorded_at FROM whitelist.findings
            ORDER BY exporter_id, as_of DESC, recorded_at DESC
        ) f WHERE f.status = 'candidate' AND NOT EXISTS (
            SELECT FROM whitelist.verdicts v WHERE v.exporter_id = f.exporter_id AND v.recorded_at > f.recorded_at)
    )::int AS candidates,
    (
        SELECT count(*) FROM ledger.entries e WHERE e.event = 'claim' AND NOT EXISTS (
            SELECT FROM ledger.entries d WHERE d.cover_id = e.cover_id AND d.event = 'claim_decision' AND d.seq > e.seq)
    )::int AS claims,
    (
        SELECT count(*) FROM trials.trials t JOIN trials.outcomes o USING (trial_id)
        WHERE t.kind = 'preview' AND t.as_of = %(day)s AND o.failure IS NULL
            AND NOT EXISTS (SELECT FROM trials.releases r WHERE r.trial_id = t.trial_id)
    )::int AS previews
