-- name: service_state
-- How far behind the ledger's own work is, and how old its limits are.
SELECT
    (SELECT count(*) FROM ledger.rescores WHERE done_at IS NULL) AS facts_waiting,
    coalesce(extract(epoch FROM clock_timestamp() - (
        SELECT min(recorded_at) FROM ledger.rescores WHERE done_at IS NULL)), 0)::float AS facts_lag_seconds,
    (SELECT extract(epoch FROM clock_timestamp() - x.swept_until)::float FROM ledger.expiry x
        WHERE x.swept_until > '-infinity') AS expiry_lag_seconds,
    extract(epoch FROM clock_timestamp() - newest.recorded_at)::float AS limit_age_seconds,
    newest.model_version AS limit_model
FROM (SELECT) one
LEFT JOIN LATERAL (
    SELECT l.recorded_at, l.model_version FROM ledger.limits l WHERE l.source = 'model'
    ORDER BY l.limit_id DESC LIMIT 1
) newest ON true
