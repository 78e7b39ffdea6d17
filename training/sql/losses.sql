-- One row a buyer: what it owed at the default of its orders, and what of that stays lost by what is known since.
-- Only defaults that are at least `workout_days` old count: before, most of what will come back has not come yet.
SELECT
    buyer_id,
    CAST(sum(owed_usd_cents) AS DOUBLE) AS owed,
    -- More than was owed is no gain.
    CAST(sum(greatest(owed_usd_cents - recovered_usd_cents, 0)) AS DOUBLE) AS lost
FROM outcomes
WHERE is_default AND owed_usd_cents > 0
    AND due_on + CAST($days_past_due + $lag_days + $workout_days AS INTEGER) <= $data_end
GROUP BY buyer_id
ORDER BY buyer_id
