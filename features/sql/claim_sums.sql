-- Claims on a buyer: how many, how decided, how large, how well documented, and how long ago the last was.
SELECT
    seat,
    COUNT(*) AS claims,
    COUNT(*) FILTER (WHERE outcome IS NULL) AS undecided,
    COUNT(*) FILTER (WHERE outcome = 'accepted') AS accepted,
    COUNT(*) FILTER (WHERE outcome IN ('rejected', 'withdrawn')) AS refused,
    COUNT(*) FILTER (WHERE documented) AS documented,
    SUM(loss_usd) AS loss_usd,
    SUM(loss_usd) FILTER (WHERE outcome = 'accepted') AS accepted_usd,
    SUM(COALESCE(recovered_usd, 0)) FILTER (WHERE outcome = 'accepted') AS recovered_usd,
    MIN(filed_age) AS last_age
FROM claim_days
GROUP BY seat
