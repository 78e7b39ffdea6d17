-- Every order version, cut where its known payments change: what holds from `from_day` until before `until_day`.
-- An order paid at once is not cut: its payment counts from `counted_day`. With the day from which the order is settled
-- in full, and the day from which no window looks at the step any more; one that another follows stays in sight.
-- An order is settled when no more than a cent a payment is missing (conversions round), on its last payment's day.
-- `in_parts` is 1 where a payment known did not settle the order alone, else 0.
-- A buyer's orders lie together, for then the sums over them do too.
SELECT
    *,
    CASE WHEN payments > 1 OR (payments = 1 AND settled_from = 99999999) THEN 1 ELSE 0 END AS in_parts,
    CASE
        WHEN settled_from < 99999999 AND until_day = 99999999
            THEN GREATEST(settled_from, ordered_day + 365, due_day + 365, paid_day + 365)
        ELSE 99999999
    END AS quiet_day
FROM (
    SELECT
        *,
        CASE
            WHEN payments > 0 AND amount_usd - paid_usd <= payments THEN GREATEST(from_day, counted_day)
            ELSE 99999999
        END AS settled_from
    FROM (
        SELECT
            o.order_id,
            o.buyer_no,
            o.exporter_no,
            o.ordered_day,
            o.due_day,
            o.amount_usd,
            o.known_day AS from_day,
            o.superseded_day AS until_day,
            CASE WHEN p.known_day IS NULL THEN 0 ELSE 1 END AS payments,
            CASE
                WHEN p.known_day IS NULL THEN 0
                WHEN p.currency = 'USD' THEN p.amount_minor
                ELSE CAST(ROUND(CAST(p.amount_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT)
            END AS paid_usd,
            p.paid_day,
            COALESCE(p.known_day, 99999999) AS counted_day
        FROM order_versions AS o
        LEFT JOIN payment_versions AS p ON p.order_id = o.order_id
        LEFT JOIN usd_rates AS r ON r.currency = p.currency AND r.day = o.ordered_on
        WHERE NOT EXISTS (SELECT 1 FROM tangled_orders AS t WHERE t.order_id = o.order_id)
        UNION ALL
        SELECT *, CASE WHEN payments > 0 THEN from_day ELSE 99999999 END AS counted_day FROM tangled_steps
    ) AS stretches
) AS settled
ORDER BY buyer_no
