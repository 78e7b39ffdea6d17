-- One row an order: what was still owed `days_past_due` days after its due date, whether that matters (`is_short`), what
-- is known to have come in since, and whether a claim on it was accepted.
-- A payment in another currency counts at both currencies' ECB rates of the order's day.
CREATE OR REPLACE TEMP TABLE owed AS
WITH paid AS (
    SELECT
        o.order_id,
        count(*) FILTER (WHERE p.paid_on <= o.due_on + CAST($days_past_due AS INTEGER)) AS payments,
        sum(p.amount_minor * rate.usd_cents_per_minor) FILTER (
            WHERE p.paid_on <= o.due_on + CAST($days_past_due AS INTEGER)
        ) AS in_time,
        sum(round(p.amount_minor * rate.usd_cents_per_minor)) FILTER (
            WHERE p.paid_on <= o.due_on + CAST($days_past_due AS INTEGER)
        ) AS whole_cents,
        sum(p.amount_minor * rate.usd_cents_per_minor) FILTER (
            WHERE p.paid_on > o.due_on + CAST($days_past_due AS INTEGER)
        ) AS later
    FROM known_orders AS o
    JOIN known_payments AS p ON p.order_id = o.order_id
    JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
    GROUP BY o.order_id
),
claimed AS (
    SELECT o.order_id, sum(coalesce(c.recovered_minor, 0) * rate.usd_cents_per_minor) AS recovered
    FROM known_orders AS o
    JOIN known_claims AS c ON c.order_id = o.order_id
    JOIN usd_rates AS rate ON rate.currency = c.currency AND rate.day = o.ordered_on
    GROUP BY o.order_id
),
accepted AS (
    SELECT DISTINCT order_id FROM known_claims WHERE outcome = 'accepted' AND $accepted_claim
)
SELECT
    o.order_id, o.buyer_id, o.ordered_on, o.due_on, o.usd_cents,
    greatest(o.amount_minor * o.rate - coalesce(paid.in_time, 0), 0) AS owed_usd_cents,
    -- What comes in after a claim was accepted is a recovery and no payment.
    coalesce(paid.later, 0) + coalesce(claimed.recovered, 0) AS recovered_usd_cents,
    accepted.order_id IS NOT NULL AS has_accepted_claim,
    -- The features' rule, in whole cents as there (`order_steps.sql`): conversions round, so that an order is settled when
    -- no more than a cent a payment is missing. Else a buyer would default on what its features show as paid.
    o.usd_cents - coalesce(paid.whole_cents, 0) <= coalesce(paid.payments, 0) AS is_settled,
    owed_usd_cents > $materiality AND NOT is_settled AS is_short,
    is_short OR has_accepted_claim AS is_default
FROM known_orders AS o
LEFT JOIN paid ON paid.order_id = o.order_id
LEFT JOIN claimed ON claimed.order_id = o.order_id
LEFT JOIN accepted ON accepted.order_id = o.order_id;
