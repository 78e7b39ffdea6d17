-- One row a buyer: what it owed at the default of its orders, and what of that stays lost by what is known since.
-- Only defaults that are at least `workout_days` old count: before, most of what will come back has not come yet.
WITH defaulted AS (
    SELECT order_id, buyer_id, rate, owed_usd_cents, due_on + CAST($days_past_due AS INTEGER) AS default_on
    FROM outcomes JOIN known_orders USING (order_id, buyer_id, due_on)
    WHERE is_default AND owed_usd_cents > 0
        AND due_on + CAST($days_past_due + $lag_days + $workout_days AS INTEGER) <= $data_end
),
paid AS (
    SELECT d.order_id, sum(p.amount_minor * rate.usd_cents_per_minor) AS usd_cents
    FROM defaulted AS d
    JOIN known_orders AS o USING (order_id)
    JOIN known_payments AS p ON p.order_id = d.order_id AND p.paid_on > d.default_on
    JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
    GROUP BY d.order_id
),
recovered AS (
    SELECT d.order_id, sum(coalesce(c.recovered_minor, 0) * rate.usd_cents_per_minor) AS usd_cents
    FROM defaulted AS d
    JOIN known_orders AS o USING (order_id)
    JOIN known_claims AS c ON c.order_id = d.order_id
    JOIN usd_rates AS rate ON rate.currency = c.currency AND rate.day = o.ordered_on
    GROUP BY d.order_id
)
SELECT
    d.buyer_id,
    CAST(sum(d.owed_usd_cents) AS DOUBLE) AS owed,
    -- What comes in after a claim was filed is a recovery and no payment; more than was owed is no gain.
    CAST(sum(greatest(d.owed_usd_cents - coalesce(paid.usd_cents, 0) - coalesce(recovered.usd_cents, 0), 0)) AS DOUBLE) AS lost
FROM defaulted AS d
LEFT JOIN paid ON paid.order_id = d.order_id
LEFT JOIN recovered ON recovered.order_id = d.order_id
GROUP BY d.buyer_id
ORDER BY d.buyer_id
