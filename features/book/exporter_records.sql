-- One row an exporter with an order on credit known on the day: what its record over the window shows. Amounts are US cents.
-- `matured` orders fell due early enough for the waiting period to be over; what they still owed then is `lost`.
-- A dispute is an order paid short, or one whose claim was not accepted. Records later than the day are not seen,
-- nor orders dated later: `usd_rates` ends with the day, and until then holds a rate for every amount.
WITH known_orders AS (
    SELECT *, amount_minor * rate.usd_cents_per_minor AS usd_cents, rate.usd_cents_per_minor AS usd_rate
    FROM (
        SELECT * FROM orders WHERE recorded_at < $end
        QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY recorded_at DESC) = 1
    ) AS newest
    JOIN usd_rates AS rate ON rate.currency = newest.currency AND rate.day = newest.ordered_on
    -- Of the newest version alone: an order corrected to prepaid must not fall back to the credit that it once had.
    WHERE newest.due_on > newest.ordered_on
),
paid AS (
    SELECT o.order_id, sum(p.amount_minor * rate.usd_cents_per_minor) AS usd_cents
    FROM known_orders AS o
    JOIN (
        SELECT * FROM payments WHERE recorded_at < $end
        QUALIFY row_number() OVER (PARTITION BY payment_id ORDER BY recorded_at DESC) = 1
    ) AS p ON p.order_id = o.order_id AND p.paid_on <= o.due_on + CAST($waiting_days AS INTEGER)
    JOIN usd_rates AS rate ON rate.currency = p.currency AND rate.day = o.ordered_on
    GROUP BY o.order_id
),
filed AS (
    SELECT
        order_id,
        bool_and(has_orders AND has_customs AND has_communications) AS documented,
        bool_or(outcome IN ('rejected', 'withdrawn')) AS turned_down
    FROM (
        SELECT * FROM claims WHERE recorded_at < $end
        QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY recorded_at DESC) = 1
    )
    GROUP BY order_id
),
judged AS (
    SELECT
        o.*,
        o.due_on + CAST($waiting_days AS INTEGER) <= $day AS matured,
        greatest(o.usd_cents - coalesce(paid.usd_cents, 0), 0) AS owed,
        paid.usd_cents IS NOT NULL AS paid_something,
        filed.order_id IS NOT NULL AS claimed,
        filed.documented, filed.turned_down
    FROM known_orders AS o
    LEFT JOIN paid ON paid.order_id = o.order_id
    LEFT JOIN filed ON filed.order_id = o.order_id
),
windowed AS (
    SELECT * FROM judged WHERE ordered_on > $day - CAST($window_days AS INTEGER)
),
by_buyer AS (
    SELECT
        w.exporter_id, sum(w.usd_cents) AS usd_cents, any_value(pds.pd) AS pd
    FROM windowed AS w
    LEFT JOIN buyer_pds AS pds ON pds.buyer_id = w.buyer_id
    GROUP BY w.exporter_id, w.buyer_id
)
SELECT
    e.exporter_id,
    CAST($day - e.first_on AS BIGINT) AS tenure_days,
    CAST(coalesce(r.orders, 0) AS BIGINT) AS orders,
    CAST(round(coalesce(r.usd_cents, 0)) AS BIGINT) AS trade,
    CAST(coalesce(r.documented_orders, 0) AS BIGINT) AS documented_orders,
    CAST(coalesce(r.claims, 0) AS BIGINT) AS claims,
    CAST(coalesce(r.documented_claims, 0) AS BIGINT) AS documented_claims,
    CAST(coalesce(r.disputes, 0) AS BIGINT) AS disputes,
    CAST(coalesce(r.matured_orders, 0) AS BIGINT) AS matured_orders,
    CAST(round(coalesce(r.matured_usd, 0)) AS BIGINT) AS matured_trade,
    CAST(round(coalesce(r.lost, 0)) AS BIGINT) AS lost,
    CAST(round(coalesce(b.top, 0)) AS BIGINT) AS top_buyer_trade,
    b.pd AS buyer_pd
FROM (SELECT exporter_id, min(ordered_on) AS first_on FROM known_orders GROUP BY exporter_id) AS e
LEFT JOIN (
    SELECT
        exporter_id,
        count(*) AS orders,
        sum(usd_cents) AS usd_cents,
        count(*) FILTER (WHERE customs_no IS NOT NULL) AS documented_orders,
        count(*) FILTER (WHERE claimed) AS claims,
        count(*) FILTER (WHERE documented) AS documented_claims,
        count(*) FILTER (WHERE turned_down OR (matured AND paid_something AND owed > 0.01 * usd_cents)) AS disputes,
        count(*) FILTER (WHERE matured) AS matured_orders,
        sum(usd_cents) FILTER (WHERE matured) AS matured_usd,
        sum(owed) FILTER (WHERE matured) AS lost
    FROM windowed GROUP BY exporter_id
) AS r ON r.exporter_id = e.exporter_id
LEFT JOIN (
    SELECT
        exporter_id, max(usd_cents) AS top,
        sum(pd * usd_cents) / nullif(sum(usd_cents) FILTER (WHERE pd IS NOT NULL), 0) AS pd
    FROM by_buyer GROUP BY exporter_id
) AS b ON b.exporter_id = e.exporter_id
ORDER BY e.exporter_id
