-- What each claim was held to be, from `known_day` until before `superseded_day`; a decision is a new version.
SELECT *
FROM (
    SELECT
        *,
        LEAD(known_day, 1, 99999999) OVER (
            PARTITION BY claim_id
            ORDER BY
                recorded_at, order_id, filed_on, loss_minor, currency, has_orders, has_customs, has_communications,
                decided_on, outcome, compensated_minor, recovered_minor
        ) AS superseded_day
    FROM (
        SELECT
            *,
            CAST(FLOOR(EPOCH(recorded_at) / 86400) AS INT) AS known_day
        FROM claims
    ) AS dated
) AS v
WHERE known_day < superseded_day
