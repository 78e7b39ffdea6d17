-- How late the platform learns what decides an outcome: lags in days, and how long each could have been by the data's end.
WITH events AS (
    -- What is corrected later was known from its first record on.
    SELECT 'payment' AS fact, known.paid_on AS happened_on, min(p.recorded_at) AS recorded_at
    FROM known_payments AS known JOIN payments AS p USING (payment_id)
    GROUP BY known.payment_id, known.paid_on
    UNION ALL
    -- Only where nothing that matters was owed does the claim alone make a default; its decision is what counts.
    SELECT 'accepted_claim', owed.due_on + CAST($days_past_due AS INTEGER), min(c.recorded_at)
    FROM owed JOIN claims AS c USING (order_id)
    WHERE owed.has_accepted_claim AND NOT owed.is_short AND c.outcome = 'accepted' AND c.recorded_at < $end
    GROUP BY owed.order_id, owed.due_on
    UNION ALL
    SELECT 'overdue_notice', reported_on, min(recorded_at)
    FROM overdue_notices WHERE recorded_at < $end GROUP BY order_id, reported_on
    UNION ALL
    SELECT 'claim', filed_on, min(recorded_at) FROM claims WHERE recorded_at < $end GROUP BY claim_id, filed_on
)
SELECT fact, greatest(CAST(recorded_at AS DATE) - happened_on, 0) AS lag_days,
    greatest($data_end - happened_on, CAST(recorded_at AS DATE) - happened_on, 0) AS most_days, count(*) AS events
FROM events
GROUP BY ALL
ORDER BY ALL
