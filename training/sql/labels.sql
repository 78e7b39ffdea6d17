-- One row a buyer and snapshot day: did any order of the horizon end in default?
-- Orders whose outcome is not known yet (terms beyond the usual longest) are left out and counted.
SELECT
    outcomes.buyer_id, days.as_of,
    CAST(count(*) FILTER (WHERE is_known) AS BIGINT) AS orders,
    CAST(count(*) FILTER (WHERE NOT is_known) AS BIGINT) AS orders_unknown,
    CAST(coalesce(sum(usd_cents) FILTER (WHERE is_known), 0) AS BIGINT) AS usd_cents,
    CAST(coalesce(max(CAST(is_default AS INTEGER)) FILTER (WHERE is_known), 0) AS BIGINT) AS outcome,
    CAST(round(coalesce(sum(owed_usd_cents) FILTER (WHERE is_known AND is_default), 0)) AS BIGINT) AS lost_usd_cents
FROM days
JOIN outcomes ON outcomes.ordered_on > days.as_of AND outcomes.ordered_on <= days.as_of + CAST($horizon_days AS INTEGER)
GROUP BY ALL
HAVING count(*) FILTER (WHERE is_known) > 0
ORDER BY days.as_of, outcomes.buyer_id
