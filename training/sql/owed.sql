-- One row an order: what was still owed `days_past_due` days after its due date, whether that matters (`is_short`), and
-- whether a claim on it was accepted.
-- A payment in another currency counts at both currencies' ECB rates of the order's day.
CREATE OR REPLACE TEMP TABLE owed AS
WITH paid AS (
    SELECT o.order_id, sum(p.amount_minor * rate.usd_cents_per_minor) AS usd_cents
    FROM known_orders AS o
    JOIN known_payments AS p ON p.order_id = o.order_id AND p.paid_on <= o.due_on + CAST($days_past_due AS INTEGER)
    JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
    GROUP BY o.order_id
),
accepted AS (
    SELECT DISTINCT order_id FROM known_claims WHERE outcome = 'accepted' AND $accepted_claim
)
SELECT
    o.order_id, o.buyer_id, o.ordered_on, o.due_on, o.usd_cents,
    greatest(o.amount_minor * o.rate - coalesce(paid.usd_cents, 0), 0) AS owed_usd_cents,
    accepted.order_id IS NOT NULL AS has_accepted_claim,
    -- Rounding of part payments in another currency leaves less than a cent a payment; a whole cent is money owed.
    owed_usd_cents > $materiality AND owed_usd_cents >= 1 AS is_short,
    is_short OR has_accepted_claim AS is_default
FROM known_orders AS o
LEFT JOIN paid ON paid.order_id = o.order_id
LEFT JOIN accepted ON accepted.order_id = o.order_id;
