-- Claims and overdue notices on the buyer by anyone.
-- The notice share leans on the book's other buyers (worth 10 orders), the claim share likewise.
SELECT
    e.seat,
    COALESCE(x.notices, 0) AS notices_365d,
    (COALESCE(x.notices, 0) + 10 * k.book_notice_share) / (COALESCE(x.due, 0) + 10) AS notice_share_365d,
    CAST(n.last_age AS BIGINT) AS days_since_notice,
    COALESCE(c.claims, 0) AS claims_ever,
    COALESCE(x.claims, 0) AS claims_365d,
    (COALESCE(c.claims, 0) + 10 * k.book_claim_share) / (e.concluded + 10) AS claim_share_ever,
    COALESCE(c.undecided, 0) AS claims_undecided,
    COALESCE(c.accepted, 0) AS claims_accepted_ever,
    COALESCE(c.refused, 0) AS claims_refused_ever,
    COALESCE(c.loss_usd, 0) AS claimed_usd_cents_ever,
    CAST(c.last_age AS BIGINT) AS days_since_claim,
    CAST(c.recovered_usd AS DOUBLE) / NULLIF(c.accepted_usd, 0) AS recovered_share_ever,
    CAST(c.documented AS DOUBLE) / c.claims AS documented_claim_share
FROM buyer_ever AS e
JOIN peers AS k ON k.seat = e.seat
LEFT JOIN buyer_pairs AS x ON x.seat = e.seat
LEFT JOIN (SELECT seat, MIN(reported_age) AS last_age FROM notice_days GROUP BY seat) AS n ON n.seat = e.seat
LEFT JOIN (
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
) AS c ON c.seat = e.seat
