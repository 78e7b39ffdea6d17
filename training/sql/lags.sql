-- How late the platform learns what decides an outcome: lags in days, and how long each could have been by the data's end.
WITH events AS (
    SELECT 'payment' AS fact, paid_on AS happened_on, recorded_at FROM known_payments
    UNION ALL
    -- Only where all was paid does the claim alone make a default; its decision is what counts.
    SELECT 'accepted_claim', owed.due_on + CAST($days_past_due AS INTEGER), min(c.recorded_at)
    FROM owed JOIN claims AS c USING (order_id)
    WHERE owed.has_accepted_claim AND owed.is_settled AND c.outcome = 'accepted' AND c.recorded_at < $end
    GROUP BY ALL
    UNION ALL
    SELECT 'overdue_notice', reported_on, recorded_at FROM overdue_notices WHERE recorded_at < $end
    UNION ALL
    SELECT 'claim', filed_on, min(recorded_at) FROM claims WHERE recorded_at < $end GROUP BY claim_id, filed_on
)
SELECT fact, greatest(CAST(recorded_at AS DATE) - happened_on, 0) AS lag_days,
    greatest($data_end - happened_on, CAST(recorded_at AS DATE) - happened_on, 0) AS most_days, count(*) AS events
FROM events
GROUP BY ALL
ORDER BY ALL
