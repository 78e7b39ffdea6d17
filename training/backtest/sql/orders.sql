-- Every order on credit whose outcome is known, in the order in which they came; amounts are US cents at the ECB rate of
-- the order's day. `owed` is what was unpaid when the waiting period ended, `recovered` what came of it after that, paid
-- or under a claim.
SELECT
    o.order_id, o.buyer_id, k.exporter_id, coalesce(country.country, 'ZZ') AS country,
    o.ordered_on, o.due_on - o.ordered_on AS terms_days, o.usd_cents,
    CAST(CASE WHEN o.is_default THEN least(round(o.owed_usd_cents), o.usd_cents) ELSE 0 END AS BIGINT) AS owed,
    CAST(CASE WHEN o.is_default
        THEN least(round(o.recovered_usd_cents), round(o.owed_usd_cents), o.usd_cents)
        ELSE 0 END AS BIGINT) AS recovered,
    EXISTS (
        SELECT 1 FROM stops AS s
        WHERE s.buyer_id = o.buyer_id AND s.from_day <= o.ordered_on AND (s.to_day IS NULL OR s.to_day > o.ordered_on)
    ) AS stopped,
    coalesce(met.first_on > o.ordered_on - 60, false) AS new_exporter
FROM outcomes AS o
JOIN known_orders AS k ON k.order_id = o.order_id
LEFT JOIN (
    SELECT buyer_id, country FROM buyers WHERE recorded_at < $end
    QUALIFY row_number() OVER (PARTITION BY buyer_id ORDER BY recorded_at DESC, country) = 1
) AS country ON country.buyer_id = o.buyer_id
LEFT JOIN (
    SELECT buyer_id, exporter_id, min(ordered_on) AS first_on FROM known_orders GROUP BY ALL
) AS met ON met.buyer_id = o.buyer_id AND met.exporter_id = k.exporter_id
WHERE o.is_known AND o.due_on > o.ordered_on AND o.ordered_on > $first AND o.ordered_on <= $last
ORDER BY o.ordered_on, o.order_id
